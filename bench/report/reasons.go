package report

// reason says where the time of a missed goal goes, by processor profiles of
// the server under the same load (bench/profile), and what it would take.
func reason(goal string) string {
	return map[string]string{
		"G1": get,
		"G3": get,
		"G4": create + " With one connection it waits for the disk, which PocketBase, by synchronous=NORMAL, does not.",
		"G5": "The server's writer hardly rests: 0.4 s are statements, 0.9 s some 700 commits of about 15 changes, 0.5 s of that waiting for syncs, while a quarter " +
			"of the two cores' time is idle. More in flight would fill it: 64 took 1.38 to 1.61 s in turns with 32, which took 1.56 to 1.76.",
		"G6": "Of a rare text's time FTS5 spends nine tenths in seeking each of up to eight trigrams in each segment of its index, 30 µs a trigram. " +
			"Fewer trigrams would cost the adversarial text its time, and fewer segments each write.",
		"G7": "PostgreSQL plans the search for an address anew each time, which takes 0.12 ms; it runs in 0.02. The plan of a get is kept.",
		"G8": "SQLite is read in the process, where a list has become cheaper. Through PostgreSQL two questions a request cross a socket to other processes; " +
			"how its time is spread over them was not looked into.",
		"G9":  get + " " + create,
		"G12": "One of the two cores hashes all the time. A get beside that takes what it took before; the idle one, to which it is compared, has become faster.",
	}[goal]
}

const (
	get = "A get spends 31 % in net/http and the socket, 23 % in the key's look-up, 14 % in the user's, 7 % in the log line, 4 % in JSON. 10 % of all, " +
		"in both look-ups, is SQLite taking and giving back its locks on the log: one transaction for the two would spare half of that."
	create = "Net/http and the socket left out, a create spends 12 % in writing pages to the log, of which each user touches one in each of two indexes " +
		"whose order is not that of insertion, 2 % in moving them into the database, 6 % in syncing; 15 % in the user's row, 13 % in the audit entry and the " +
		"chain, 13 % in the key's look-up, 7 % in reading the request, 5 % in the log line, 3 % in the search index."
)
