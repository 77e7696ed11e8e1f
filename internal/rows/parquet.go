package rows

import "errors"

// parquet is to come with the library that writes it.
func (l *List) parquet(yield func(Row, error) bool) {
	yield(Row{}, errors.New("parquet cannot be read yet; save the list as CSV or JSON"))
}
