// Does every operation on organizations, spaces, roles, role bindings, resource restrictions, API keys and the audit log. MEMBER_ID is
// a user without any of them.
import {
  addOrganizationUser, addSpaceUser, createApiKey, createClient, createOrganization, createRole, createRoleBinding, createSpace, deleteOrganization,
  deleteRole, deleteRoleBinding, deleteSpace, getOrganization, getRole, getRoleBinding, getSpace, listApiKeys, listAuditLogs, listOrganizations,
  listResourceRestrictions, listRoleBindings, listRoles, listSpaces, refreshApiKey, removeOrganizationUser, removeSpaceUser, restrictResource,
  revokeApiKey, unrestrictResource, updateOrganization, updateRole, updateRoleBinding, updateSpace,
} from "@arizeai/ax-client";

const userId = process.env.MEMBER_ID;
const project = "TW9kZWw6MTIxOmFCY0Q=";
const names = (list) => ({ names: list.data.map((one) => one.name), hasMore: list.pagination.hasMore });

const research = await step("create an organization", () => createOrganization({ name: "Research", description: "All that is new" }));
await step("create it again", () => createOrganization({ name: "research" }));
const organizationId = research.id;
await step("get it", () => getOrganization({ organization: organizationId }));
await step("get it by name", () => getOrganization({ organization: "Research" }));
await step("get another kind", () => getOrganization({ organization: unknown }));
await step("update it", () => updateOrganization({ organization: organizationId, description: "What is newest" }));
await step("list organizations", async () => names(await listOrganizations({ name: "RES" })));
await step("add a member", () => addOrganizationUser({ organizationId, userId, role: member }));

const lab = await step("create a space", () => createSpace({ name: "Lab", organizationId }));
const spaceId = lab.id;
await step("create a space nowhere", () => createSpace({ name: "Lab", organizationId: spaceId }));
await step("get the space", () => getSpace({ space: spaceId }));
await step("update the space", () => updateSpace({ space: spaceId, name: "Laboratory", description: null, isPrivate: false }));
await step("list spaces", async () => names(await listSpaces({ organizationId, name: "lab" })));
await step("add a member of the space", () => addSpaceUser({ spaceId, userId, role: { type: "PREDEFINED", name: "READ_ONLY" } }));

const auditor = await step("create a role", () => createRole({ name: "Auditor", permissions: ["SPACE_READ", "ROLE_READ"] }));
await step("get the role", () => getRole({ roleId: auditor.id }));
await step("update the role", () => updateRole({ roleId: auditor.id, permissions: ["SPACE_READ"] }));
await step("update the role to nothing", () => updateRole({ roleId: auditor.id, name: " " }));
await step("list roles", async () => names(await listRoles({ isPredefined: false })));
await step("list predefined roles", async () => names(await listRoles({ limit: 100, isPredefined: true })));

const bound = await step("bind the role", () => createRoleBinding({ userId, roleId: auditor.id, resourceType: "SPACE", resourceId: spaceId }));
await step("bind it again", () => createRoleBinding({ userId, roleId: auditor.id, resourceType: "SPACE", resourceId: spaceId }));
await step("get the binding", () => getRoleBinding({ bindingId: bound.id }));
const other = await createRole({ name: "Reader", permissions: ["SPACE_READ"] });
await step("update the binding", () => updateRoleBinding({ bindingId: bound.id, roleId: other.id }));
await step("list bindings", async () => (await listRoleBindings({ resourceType: "SPACE", userId })).data.length);
await step("delete a role that is bound", () => deleteRole({ roleId: other.id }));
await step("delete the binding", () => deleteRoleBinding({ bindingId: bound.id }));
await step("delete the role", () => deleteRole({ roleId: other.id }));

await step("restrict", () => restrictResource({ resourceId: project }));
await step("list restrictions", () => listResourceRestrictions({ resourceType: "PROJECT" }));
await step("unrestrict", () => unrestrictResource({ resourceId: project }));
await step("unrestrict again", () => unrestrictResource({ resourceId: project }));

const own = await step("create a key", () => createApiKey({ keyType: "USER", name: "laptop", description: "mine", expiresAt: new Date("2026-04-01T00:00:00Z") }));
const service = await step("create a service key", () => createApiKey({
  keyType: "SERVICE", name: "ci", organizations: [{ orgId: organizationId, spaces: [{ spaceId, role: { type: "CUSTOM", id: auditor.id } }] }],
}));
await step("as a service", async () => names(await listSpaces({ client: createClient({ apiKey: service.key }) })));
await step("list keys", async () => names(await listApiKeys({ status: "ACTIVE" })));
await step("list service keys", () => listApiKeys({ spaceId }));
await step("refresh without an end", () => refreshApiKey({ apiKeyId: own.id }));
await step("refresh", () => refreshApiKey({ apiKeyId: own.id, expiresAt: "2026-03-02T00:00:00Z", gracePeriodSeconds: 60 }));
await step("revoke", () => revokeApiKey({ apiKeyId: service.id }));
await step("revoke again", () => revokeApiKey({ apiKeyId: service.id }));
await step("list revoked keys", async () => names(await listApiKeys({ spaceId, status: "REVOKED" })));
await step("as a service that is revoked", () => listSpaces({ client: createClient({ apiKey: service.key }) }));

await step("remove the member of the space", () => removeSpaceUser({ spaceId, userId }));
await step("remove the member", () => removeOrganizationUser({ organizationId, userId }));
await step("remove nobody", () => removeOrganizationUser({ organizationId, userId }));
await step("delete the space", () => deleteSpace({ space: spaceId }));
await step("get what is deleted", () => getSpace({ space: spaceId }));
await step("delete the organization", () => deleteOrganization({ organization: organizationId }));
await step("audit", async () => (await listAuditLogs({ limit: 3 })).data.map((one) => ({ ...one, variables: JSON.parse(one.variables).subject })));
