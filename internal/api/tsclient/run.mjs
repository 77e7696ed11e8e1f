// Does every operation on users with the official TypeScript client, and prints what it gave back: a line of JSON for each step.
// ARIZE_BASE_URL and ARIZE_API_KEY name the server; ADMIN_ID is the id of the user whom the key belongs to.
import {
  bulkDeleteUsers, createClient, createUser, deleteUser, getUser, listUsers, resendInvitation, resetPassword, updateUser,
} from "@arizeai/ax-client";

const emails = (list) => ({ emails: list.data.map((u) => u.email), hasMore: list.pagination.hasMore });

const link = await step("create by link", () => createUser({ name: "Lin Link <&>", email: "link@example.com", role: member, inviteMode: "EMAIL_LINK" }));
await step("create again", () => createUser({ name: "Other", email: "LINK@example.com", role: member, inviteMode: "EMAIL_LINK" }));
await step("create by password", () => createUser({ name: "Pia Password", email: "password@example.com", role: { type: "PREDEFINED", name: "ANNOTATOR" }, inviteMode: "TEMPORARY_PASSWORD" }));
const active = await step("create at once", () => createUser({ name: "Акт 活", email: "active@example.com", role: member, inviteMode: "NONE", isDeveloper: false }));
await step("create an active one", () => createUser({ name: "Other", email: "active@example.com", role: member, inviteMode: "EMAIL_LINK" }));
await step("create without an address", () => createUser({ name: "Other", email: "nobody", role: member, inviteMode: "NONE" }));
await step("create with a custom role", () => createUser({ name: "Other", email: "custom@example.com", role: { type: "CUSTOM", id: "Um9sZTox" }, inviteMode: "NONE" }));

await step("get", () => getUser({ userId: active.id }));
await step("get nobody", () => getUser({ userId: unknown }));
await step("get another kind", () => getUser({ userId: "Um9sZUJpbmRpbmc6OTk5OTk5OTk5OTk=" }));
await step("get by no id", () => getUser({ userId: "usr_abc123" }));

await step("update both", () => updateUser({ userId: active.id, name: "Ann Active", isDeveloper: true }));
await step("update one", () => updateUser({ userId: active.id, isDeveloper: false }));
await step("update to blank", () => updateUser({ userId: active.id, name: "  " }));
await step("update nobody", () => updateUser({ userId: unknown, name: "Ann" }));

await step("list", async () => emails(await listUsers()));
await step("list some", async () => emails(await listUsers({ email: "LINK@", status: ["INVITED", "EXPIRED"] })));
await step("list none", async () => emails(await listUsers({ email: "%" })));
await step("list page by page", async () => {
  const pages = [];
  for (let cursor; pages.length < 10; ) {
    const page = await listUsers({ limit: 3, cursor });
    pages.push(emails(page));
    cursor = page.pagination.nextCursor;
    if (!cursor) return pages;
  }
});
await step("list with another's cursor", async () => listUsers({ email: "a", cursor: (await listUsers({ limit: 1 })).pagination.nextCursor }));
await step("list too many", () => listUsers({ limit: 101 }));

await step("resend", () => resendInvitation({ userId: link.id }));
await step("resend to an active one", () => resendInvitation({ userId: active.id }));
await step("resend to nobody", () => resendInvitation({ userId: unknown }));
await step("reset", () => resetPassword({ userId: active.id }));
await step("reset an invited one", () => resetPassword({ userId: link.id }));
await step("reset nobody", () => resetPassword({ userId: unknown }));

const stranger = createClient({ apiKey: "ak-wrong" });
await step("with a wrong key", () => listUsers({ client: stranger }));
await step("delete with a wrong key", () => deleteUser({ client: stranger, userId: active.id }));
await step("delete oneself", () => deleteUser({ userId: process.env.ADMIN_ID }));
await step("delete nobody", () => deleteUser({ userId: unknown }));
await step("delete by no id", () => deleteUser({ userId: "active@example.com" }));
await step("delete", () => deleteUser({ userId: link.id }));
await step("delete again", () => deleteUser({ userId: link.id }));
await step("get a deleted one", () => getUser({ userId: link.id }));
await step("create a deleted one", () => createUser({ name: "Other", email: "link@example.com", role: member, inviteMode: "EMAIL_LINK" }));

await step("bulk delete", () => bulkDeleteUsers({ userIds: [active.id, link.id], emails: ["ACTIVE@example.com", "Password@example.com", "assword@example.com"] }));
await step("bulk delete oneself", () => bulkDeleteUsers({ userIds: [process.env.ADMIN_ID] }));
await step("list in the end", async () => emails(await listUsers()));
