package store

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// micros keeps a time as whole microseconds since 1970, alike on both
// engines. The zero time is NULL.
type micros time.Time

// Value implements driver.Valuer.
func (m micros) Value() (driver.Value, error) {
	if t := time.Time(m); !t.IsZero() {
		return t.UnixMicro(), nil
	}
	return nil, nil //nolint:nilnil // NULL is the value
}

// Scan implements sql.Scanner.
func (m *micros) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*m = micros{}
	case int64:
		*m = micros(time.UnixMicro(v).UTC())
	default:
		return fmt.Errorf("a time is stored as %T", v)
	}
	return nil
}

// claim is micros for a column in which 0, not NULL, stands for never.
type claim time.Time

// Value implements driver.Valuer.
func (c claim) Value() (driver.Value, error) {
	return c.number(), nil
}

func (c claim) number() int64 {
	if t := time.Time(c); !t.IsZero() {
		return t.UnixMicro()
	}
	return 0
}

// Scan implements sql.Scanner.
func (c *claim) Scan(v any) error {
	if v == int64(0) {
		v = nil
	}
	return (*micros)(c).Scan(v)
}
