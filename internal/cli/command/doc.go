// Package command has what every command of the CLI is given and what it can
// end with: the streams, a client opened only when it is asked for, the chosen
// output, and the errors that become exit codes.
package command
