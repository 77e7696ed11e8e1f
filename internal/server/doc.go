// Package server puts the parts together: a Config becomes a store, a
// directory, the API and the sender of letters. [Open] is what every command
// on the host begins with; [Server.Run] serves; [OpenLocal] is the same
// program without a socket, for the built-in profile.
package server
