package term

import (
	"bufio"
	"encoding/binary"
	"io"
	"os"
)

// keptCells is how many bytes of cells a table keeps in memory.
const keptCells = 4 << 20

// A spill holds a table's rows until their widths are known: the first ones in
// memory, the others in a file that no other process can open, so that a table
// of any length takes the same memory.
type spill struct {
	few  [][]string
	size int
	file *os.File
	w    *bufio.Writer
	many int // rows in the file
}

func (p *spill) add(cells []string) error {
	if p.size < keptCells {
		for _, c := range cells {
			p.size += len(c) + 16
		}
		p.few = append(p.few, cells)
		return nil
	}
	if p.file == nil {
		f, err := os.CreateTemp("", "ax-*.tmp")
		if err != nil {
			return err
		}
		// Where an open file cannot lose its name, close removes it.
		_ = os.Remove(f.Name())
		p.file, p.w = f, bufio.NewWriterSize(f, 64<<10)
	}
	p.many++
	var n [binary.MaxVarintLen64]byte
	for _, c := range cells {
		_, _ = p.w.Write(n[:binary.PutUvarint(n[:], uint64(len(c)))])
		_, _ = p.w.WriteString(c) // the writer keeps its error for Flush
	}
	return nil
}

// each calls visit with every row in the order of add. The cells of a row are
// good until visit returns.
func (p *spill) each(visit func(cells []string) error) error {
	columns := 0
	for _, cells := range p.few {
		columns = len(cells)
		if err := visit(cells); err != nil {
			return err
		}
	}
	if p.file == nil {
		return nil
	}
	if err := p.w.Flush(); err != nil {
		return err
	}
	if _, err := p.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	r := bufio.NewReaderSize(p.file, 64<<10)
	cells := make([]string, columns)
	for range p.many {
		if err := read(r, cells); err != nil {
			return err
		}
		if err := visit(cells); err != nil {
			return err
		}
	}
	return nil
}

func read(r *bufio.Reader, cells []string) error {
	for i := range cells {
		n, err := binary.ReadUvarint(r)
		if err != nil {
			return err
		}
		b := make([]byte, n)
		if _, err := io.ReadFull(r, b); err != nil {
			return err
		}
		cells[i] = string(b)
	}
	return nil
}

func (p *spill) close() {
	if p.file != nil {
		_, _ = p.file.Close(), os.Remove(p.file.Name())
	}
}
