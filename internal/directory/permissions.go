package directory

import (
	"iter"
	"slices"
	"strings"
)

// A Permission is one thing that a role may allow, named as the API names it.
type Permission string

// The permissions that rules of this directory ask for. The others speak of
// resources that live elsewhere; roles hold them for whoever keeps those.
const (
	OrganizationCreate Permission = "ORGANIZATION_CREATE"
	OrganizationDelete Permission = "ORGANIZATION_DELETE"
	OrganizationRead   Permission = "ORGANIZATION_READ"
	OrganizationUpdate Permission = "ORGANIZATION_UPDATE"
	RoleBindingCreate  Permission = "ROLE_BINDING_CREATE"
	RoleBindingDelete  Permission = "ROLE_BINDING_DELETE"
	RoleBindingRead    Permission = "ROLE_BINDING_READ"
	RoleCreate         Permission = "ROLE_CREATE"
	RoleDelete         Permission = "ROLE_DELETE"
	RoleRead           Permission = "ROLE_READ"
	RoleUpdate         Permission = "ROLE_UPDATE"
	ServiceKeyCreate   Permission = "SERVICE_KEY_CREATE"
	ServiceKeyRead     Permission = "SERVICE_KEY_READ"
	ServiceKeyRevoke   Permission = "SERVICE_KEY_REVOKE"
	SpaceCreate        Permission = "SPACE_CREATE"
	SpaceDelete        Permission = "SPACE_DELETE"
	SpaceRead          Permission = "SPACE_READ"
	SpaceUpdate        Permission = "SPACE_UPDATE"
	UserCreate         Permission = "USER_CREATE"
	UserDelete         Permission = "USER_DELETE"
	UserRead           Permission = "USER_READ"
	UserUpdate         Permission = "USER_UPDATE"
	ProjectRestrict    Permission = "PROJECT_RESTRICT"
	DashboardRestrict  Permission = "DASHBOARD_RESTRICT"
	PromptRestrict     Permission = "PROMPT_RESTRICT"
)

// permissionCount is the number of permissions (contract, "Permission enum").
const permissionCount = 151

// permissions are all of them, sorted: a PermissionSet counts by place.
var permissions = [permissionCount]Permission{ //nolint:gochecknoglobals // read-only data, laid out by the compiler
	"AGENT_ROLE_CREATE", "AGENT_ROLE_DELETE", "AGENT_ROLE_READ", "AGENT_ROLE_UPDATE", "AI_PROVIDER_READ",
	"ALYX_RUN", "ANNOTATION_CONFIG_CREATE", "ANNOTATION_CONFIG_DELETE", "ANNOTATION_CONFIG_READ",
	"ANNOTATION_CONFIG_UPDATE", "COST_CONFIG_CREATE", "COST_CONFIG_DELETE", "COST_CONFIG_READ",
	"COST_CONFIG_UPDATE", "CUSTOM_METRIC_CREATE", "CUSTOM_METRIC_DELETE", "CUSTOM_METRIC_READ",
	"CUSTOM_METRIC_UPDATE", "DASHBOARD_CREATE", "DASHBOARD_DELETE", "DASHBOARD_READ", "DASHBOARD_RESTRICT",
	"DASHBOARD_TEMPLATE_CREATE", "DASHBOARD_TEMPLATE_DELETE", "DASHBOARD_TEMPLATE_READ",
	"DASHBOARD_TEMPLATE_UPDATE", "DASHBOARD_UPDATE", "DATASET_CREATE", "DATASET_DELETE",
	"DATASET_EXAMPLE_ANNOTATE", "DATASET_EXAMPLE_CREATE", "DATASET_EXAMPLE_DELETE", "DATASET_EXAMPLE_READ",
	"DATASET_EXAMPLE_UPDATE", "DATASET_READ", "DATASET_UPDATE", "DATASET_VIEW_CREATE", "DATASET_VIEW_DELETE",
	"DATASET_VIEW_READ", "DATASET_VIEW_UPDATE", "DATA_FABRIC_CONNECTOR_CREATE", "DATA_FABRIC_CONNECTOR_DELETE",
	"DATA_FABRIC_CONNECTOR_READ", "DATA_FABRIC_CONNECTOR_UPDATE", "EVALUATOR_CREATE", "EVALUATOR_DELETE",
	"EVALUATOR_READ", "EVALUATOR_UPDATE", "EXPERIMENT_CREATE", "EXPERIMENT_DELETE",
	"EXPERIMENT_EVAL_TASK_CREATE", "EXPERIMENT_EVAL_TASK_DELETE", "EXPERIMENT_EVAL_TASK_READ",
	"EXPERIMENT_EVAL_TASK_UPDATE", "EXPERIMENT_READ", "EXPERIMENT_RUN_ANNOTATE", "EXPERIMENT_RUN_READ",
	"EXPERIMENT_UPDATE", "FILE_IMPORT_CREATE", "FILE_IMPORT_DELETE", "FILE_IMPORT_READ", "FILE_IMPORT_UPDATE",
	"LLM_INTEGRATION_CREATE", "LLM_INTEGRATION_DELETE", "LLM_INTEGRATION_UPDATE", "MANAGED_AGENT_CREATE",
	"MANAGED_AGENT_DELETE", "MANAGED_AGENT_READ", "MANAGED_AGENT_UPDATE", "ML_MODEL_CREATE", "ML_MODEL_DELETE",
	"ML_MODEL_READ", "ML_MODEL_UPDATE", "MONITOR_CREATE", "MONITOR_DELETE", "MONITOR_READ", "MONITOR_TRIGGER",
	"MONITOR_UPDATE", "ORGANIZATION_CREATE", "ORGANIZATION_DELETE", "ORGANIZATION_READ", "ORGANIZATION_UPDATE",
	"PLAYGROUND_RUN", "PLAYGROUND_VIEW_CREATE", "PLAYGROUND_VIEW_DELETE", "PLAYGROUND_VIEW_READ",
	"PLAYGROUND_VIEW_UPDATE", "PROJECT_CREATE", "PROJECT_DELETE", "PROJECT_EVAL_TASK_CREATE",
	"PROJECT_EVAL_TASK_DELETE", "PROJECT_EVAL_TASK_READ", "PROJECT_EVAL_TASK_UPDATE", "PROJECT_READ",
	"PROJECT_RESTRICT", "PROJECT_SPAN_ANNOTATE", "PROJECT_SPAN_CREATE", "PROJECT_SPAN_DELETE",
	"PROJECT_SPAN_EVAL_FEEDBACK_UPDATE", "PROJECT_SPAN_READ", "PROJECT_SPAN_UPDATE", "PROJECT_UPDATE",
	"PROMPT_CREATE", "PROMPT_DELETE", "PROMPT_OPTIMIZE_TASK_CREATE", "PROMPT_OPTIMIZE_TASK_DELETE",
	"PROMPT_OPTIMIZE_TASK_READ", "PROMPT_OPTIMIZE_TASK_UPDATE", "PROMPT_READ", "PROMPT_RESTRICT",
	"PROMPT_UPDATE", "QUEUE_CREATE", "QUEUE_DELETE", "QUEUE_READ", "QUEUE_RECORD_ANNOTATE",
	"QUEUE_RECORD_CREATE", "QUEUE_RECORD_DELETE", "QUEUE_RECORD_READ", "QUEUE_RECORD_UPDATE", "QUEUE_UPDATE",
	"REMOTE_ENDPOINT_INTEGRATION_CREATE", "REMOTE_ENDPOINT_INTEGRATION_DELETE",
	"REMOTE_ENDPOINT_INTEGRATION_READ", "REMOTE_ENDPOINT_INTEGRATION_UPDATE", "ROLE_BINDING_CREATE",
	"ROLE_BINDING_DELETE", "ROLE_BINDING_READ", "ROLE_CREATE", "ROLE_DELETE", "ROLE_READ", "ROLE_UPDATE",
	"SERVICE_KEY_CREATE", "SERVICE_KEY_READ", "SERVICE_KEY_REVOKE", "SPACE_CREATE", "SPACE_DELETE", "SPACE_READ",
	"SPACE_UPDATE", "TAG_CREATE", "TAG_DELETE", "TAG_READ", "TAG_UPDATE", "TRACE_VIEW_CREATE",
	"TRACE_VIEW_DELETE", "TRACE_VIEW_READ", "TRACE_VIEW_UPDATE", "USER_CREATE", "USER_DELETE",
	"USER_PERMISSION_UPDATE", "USER_READ", "USER_UPDATE",
}

// Permissions are all of them, sorted.
func Permissions() []Permission { return slices.Clone(permissions[:]) }

// A PermissionSet is a set of permissions. The zero one is empty.
type PermissionSet [(permissionCount + 63) / 64]uint64

// place is where a permission stands among all, -1 for a word that is none.
func place(p Permission) int {
	if i, ok := slices.BinarySearch(permissions[:], p); ok {
		return i
	}
	return -1
}

// Has reports whether p is in the set.
func (s PermissionSet) Has(p Permission) bool {
	i := place(p)
	return i >= 0 && s[i/64]&(1<<(i%64)) != 0
}

// Add puts p into the set. It reports false for a word that is no permission.
func (s *PermissionSet) Add(p Permission) bool {
	i := place(p)
	if i >= 0 {
		s[i/64] |= 1 << (i % 64)
	}
	return i >= 0
}

// Within reports whether every permission of s is in other too.
func (s PermissionSet) Within(other PermissionSet) bool {
	for i := range s {
		if s[i]&^other[i] != 0 {
			return false
		}
	}
	return true
}

// All are the permissions of the set, sorted.
func (s PermissionSet) All() iter.Seq[Permission] {
	return func(yield func(Permission) bool) {
		for i, p := range permissions {
			if s[i/64]&(1<<(i%64)) != 0 && !yield(p) {
				return
			}
		}
	}
}

// String is the set as the store keeps it: names with a space between them.
func (s PermissionSet) String() string {
	var names []string
	for p := range s.All() {
		names = append(names, string(p))
	}
	return strings.Join(names, " ")
}

// ParsePermissionSet reads what String wrote. A name that this program does
// not know any more allows nothing, so it is passed over.
func ParsePermissionSet(text string) (s PermissionSet) {
	for name := range strings.FieldsSeq(text) {
		s.Add(Permission(name))
	}
	return s
}
