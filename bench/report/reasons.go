package report

// reason says where the time of a missed goal goes, by processor profiles of
// the server under the same load (bench/profile), and what it would take.
func reason(goal string) string {
	return map[string]string{
		"G1": get,
		"G3": get,
		"G9": get,
		"G2": "A list of 50 spends 40 % in reading its rows (a third of it in handing columns over from C to Go), 10 % in the key's look-up, " +
			"10 % in the socket, 10 % in the collector. A driver that is not behind database/sql would spare a tenth.",
		"G4": "A create spends 30 % in the commit, most of it in writing the log's pages, of which each user touches one in each of four indexes whose " +
			"order is not that of insertion; 20 % in the user's row, 10 % in the key's look-up, 10 % in the audit entry and the chain, 5 % in the search index. " +
			"With one connection it waits for the disk, which PocketBase, by synchronous=NORMAL, does not.",
	}[goal]
}

const get = "A get spends 35 % in net/http and the socket, 25 % in the key's look-up, 15 % in the user's, 9 % in the log line, 3 % in JSON. " +
	"Both look-ups in one transaction of SQLite's would spare 5 %, a driver that is not behind database/sql 5 to 8 %, log lines written in batches 3 %."
