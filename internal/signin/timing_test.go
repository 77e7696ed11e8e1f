//go:build long

package signin_test

import (
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"ax/internal/directory"
	"ax/internal/directory/dirtest"
)

// How long a failed sign-in takes says nothing about the account: for each
// kind of account that cannot come in, the chance that its sample is longer
// than one of a wrong password (the area under the curve) stays near a half.
func TestA06_TimingsTellNothing(t *testing.T) {
	samples := 2_000
	if n, err := strconv.Atoi(os.Getenv("AX_TIMING_SAMPLES")); err == nil {
		samples = n
	}
	w := newWorld(t).real()
	w.Directory.InvitationLife = time.Minute
	w.Put(t, "expired@example.com", dirtest.InvitedByLink)
	w.Clock.Advance(time.Hour)
	w.Directory.InvitationLife = 20 * 365 * 24 * time.Hour
	w.person(t, "wrong@example.com")
	w.Put(t, "invited@example.com", dirtest.InvitedByLink)
	w.Put(t, "passwordless@example.com", dirtest.Active)
	gone := w.Put(t, "deleted@example.com", dirtest.Active)
	must(t, w.DeleteUser(t.Context(), w.Admin, gone.ID))

	classes := []string{"wrong", "unknown", "expired", "invited", "passwordless", "deleted"}
	took := map[string][]time.Duration{}
	for i := range samples {
		w.Clock.Advance(25 * time.Hour) // past every counter
		for k := range classes {
			class := classes[(i+k)%len(classes)] // no class always comes first
			begun := time.Now()
			_, err := w.signIn(t, class+"@example.com", "not the password at all", fmt.Sprintf("198.51.%d.%d", i/250%250, i%250))
			took[class] = append(took[class], time.Since(begun))
			wantKind(t, class, err, directory.Unauthenticated)
		}
	}
	for _, class := range classes[1:] {
		auc := dirtest.Longer(took[class], took["wrong"])
		t.Logf("%-12s AUC %.3f", class, auc)
		if auc < 0.45 || auc > 0.55 {
			t.Errorf("%s can be told from a wrong password by its time: AUC %.3f", class, auc)
		}
	}
}
