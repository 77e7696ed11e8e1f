package report

// reason says where the time of a missed goal goes, by processor profiles of
// the server under the same load (bench/profile), and what it would take.
func reason(goal string) string {
	return map[string]string{
		"G1": get,
		"G3": get,
		"G9": get + " " + create,
		"G2": "A list of 50 spends 45 % in reading its rows, a quarter of it in SQLite itself, 15 % in the key's look-up, 12 % in JSON, the rest in net/http and the socket.",
		"G4": create + " With one connection it waits for the disk, which PocketBase, by synchronous=NORMAL, does not.",
		"G6": "Of a rare text's time FTS5 spends nine tenths in seeking each of up to eight trigrams in each segment of its index, 30 µs a trigram. " +
			"Fewer trigrams would cost the adversarial text its time, and fewer segments each write.",
		"G7": "PostgreSQL plans a search by its text each time, or it would not know how rare it is: 0.1 ms of processor time. A plan for all texts costs " +
			"seconds where the text is common.",
		"G8": "SQLite is read in the process; PostgreSQL is asked twice through a socket, by 12 processes that switch on two cores. Half of the time is " +
			"PostgreSQL's own. Both questions in one message would spare a fifth.",
		"G12": "One of the two cores hashes all the time. A get that finds the other one taken waits until the scheduler, Go's or the system's, takes a " +
			"core from somebody: that is the 6 ms, as before, while a get on an idle machine has become faster.",
	}[goal]
}

const (
	get = "A get spends 35 % in net/http and the socket, 23 % in the key's look-up, 14 % in the user's, 7 % in the log line, 4 % in JSON. 10 % of all, " +
		"in both look-ups, is SQLite taking and giving back its locks on the log: one transaction for the two would spare half of that."
	create = "A create spends 17 % in writing pages to the log, of which each user touches one in each of three indexes whose order is not that of " +
		"insertion, 5 % in moving them into the database, 6 % in syncing; 15 % in the user's row, 8 % in the key's look-up, 8 % in the audit entry and the " +
		"chain, 7 % in the search index, 5 % in reading the request, 20 % in net/http and the socket."
)
