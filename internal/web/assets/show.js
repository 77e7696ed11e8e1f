// Puts a button beside each password that shows what is being typed.
for (const input of document.querySelectorAll('input[type="password"]')) {
  const label = document.querySelector(`label[for="${input.id}"]`).textContent.toLowerCase();
  const row = document.createElement("div");
  const button = document.createElement("button");
  const said = document.createElement("span");
  row.className = "with-show";
  button.type = "button";
  button.className = "show";
  button.setAttribute("aria-controls", input.id);
  said.className = "unseen";
  said.setAttribute("role", "status");

  const show = (visible) => {
    input.type = visible ? "text" : "password";
    button.textContent = visible ? "Hide" : "Show";
    button.setAttribute("aria-label", `${button.textContent} ${label}`);
  };
  show(false);
  button.addEventListener("click", () => {
    show(input.type === "password");
    said.textContent = input.type === "text" ? "Your password can be seen." : "Your password is hidden.";
    input.focus({ preventScroll: true });
  });
  // Sent as text, it could end up in the browser's list of suggestions.
  input.form.addEventListener("submit", () => show(false));

  input.before(row);
  row.append(input, button, said);
}
