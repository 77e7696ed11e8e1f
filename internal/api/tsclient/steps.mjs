// What the scripts have in common: it stands in front of each.
const member = { type: "PREDEFINED", name: "MEMBER" };
const unknown = "VXNlcjowMDAwMDAwMDAwMDAwMDAw";

async function step(name, call) {
  let line;
  let result;
  try {
    result = await call();
    line = { step: name, result: result === undefined ? "undefined" : result };
  } catch (e) {
    line = { step: name, error: e.name, statusCode: e.statusCode, message: e.message };
  }
  console.log(JSON.stringify(line));
  return result;
}
