package boltstore

import (
	"bytes"
	"encoding/binary"
	"unsafe"

	"go.etcd.io/bbolt"
)

// bbolt's pages, format version 2, in the byte order of the machine:
//
//	page    id 8 · flags 2 · count 2 · overflow 4 · count elements · keys and values
//	leaf    element: flags 4 · pos 4 · key size 4 · value size 4   (pos counts from the element's own start)
//	branch  element: pos 4 · key size 4 · page id 8
//	bucket  a leaf element with flags 1, whose value is: root page id 8 · sequence 8 · when the id is 0, the root page itself
const (
	headerSize   = 16
	elementSize  = 16
	branchPage   = 0x01
	leafPage     = 0x02
	bucketRecord = 0x01
)

// tree is the mapped file as far as the transaction's pages reach, which the checksummed meta page tells. It is valid as long as the
// transaction; every access is a slice of it and so bounds-checked.
type tree struct {
	data     []byte
	pageSize int
	root     uint64
}

func treeOf(tx *bbolt.Tx) tree {
	info := tx.DB().Info()
	start := *(**byte)(unsafe.Pointer(&info.Data)) // not a Go pointer but mmap's, which the garbage collector does not move
	return tree{unsafe.Slice(start, tx.Size()), info.PageSize, uint64(tx.Cursor().Bucket().Root())}
}

// page returns the page with that id, if what is there says that it is that page.
func (t *tree) page(id uint64) page {
	if id < 2 || id >= uint64(len(t.data)/t.pageSize) {
		panic(damage("a page lies outside the file"))
	}
	p := page(t.data[id*uint64(t.pageSize):])
	if binary.NativeEndian.Uint64(p) != id || (p.flags() != branchPage && p.flags() != leafPage) {
		panic(damage("a page is not what its parent says"))
	}
	overflow := uint64(binary.NativeEndian.Uint32(p[12:]))
	return p[:(overflow+1)*uint64(t.pageSize)]
}

// bucketRoot finds the root page of a bucket. The buckets' own tree is one leaf, or deeper while small buckets are inline in it.
func (t *tree) bucketRoot(b bucket) page {
	var buffer keyBuffer
	name := append(buffer[:0], b.name...)
	p := t.page(t.root)
	for depth := 0; !p.isLeaf(); depth++ {
		if depth == maxDepth {
			panic(damage("the buckets' tree has no end"))
		}
		p = t.page(p.childFor(name))
	}
	i, exact := p.find(name)
	if !exact {
		panic(damage("bucket " + b.name + " is missing"))
	}
	flags, key, value := p.leaf(i)
	if flags != bucketRecord || string(key) != b.name {
		panic(damage("bucket " + b.name + " is not a bucket"))
	}
	if id := binary.NativeEndian.Uint64(value); id != 0 {
		return t.page(id)
	}
	return inlinePage(value[headerSize:])
}

func inlinePage(p page) page {
	if p.flags() != leafPage {
		panic(damage("an inline bucket is not a leaf"))
	}
	return p
}

// page is one page with its overflow pages.
type page []byte

func (p page) flags() uint16 { return binary.NativeEndian.Uint16(p[8:]) }
func (p page) count() int    { return int(binary.NativeEndian.Uint16(p[10:])) }
func (p page) isLeaf() bool  { return p.flags() == leafPage }

func (p page) element(i int) []byte { return p[headerSize+i*elementSize:] }

func (p page) leaf(i int) (flags uint32, key, value []byte) {
	e := p.element(i)
	pos := uint64(binary.NativeEndian.Uint32(e[4:]))
	end := pos + uint64(binary.NativeEndian.Uint32(e[8:]))
	return binary.NativeEndian.Uint32(e), e[pos:end], e[end : end+uint64(binary.NativeEndian.Uint32(e[12:]))]
}

func (p page) branch(i int) (key []byte, child uint64) {
	e := p.element(i)
	pos := uint64(binary.NativeEndian.Uint32(e))
	return e[pos : pos+uint64(binary.NativeEndian.Uint32(e[4:]))], binary.NativeEndian.Uint64(e[8:])
}

func (p page) key(i int) []byte { return p.keyAt(i, p.keyOffset()) }

// keyOffset is where an element has its pos and key size.
func (p page) keyOffset() int {
	if p.isLeaf() {
		return 4
	}
	return 0
}

func (p page) keyAt(i, offset int) []byte {
	e := p.element(i)
	pos := uint64(binary.NativeEndian.Uint32(e[offset:]))
	return e[pos : pos+uint64(binary.NativeEndian.Uint32(e[offset+4:]))]
}

// find is the index of the first element whose key is not before key, and whether it is key.
func (p page) find(key []byte) (index int, exact bool) {
	low, high, offset := 0, p.count(), p.keyOffset()
	for low < high {
		middle := (low + high) / 2
		order := bytes.Compare(p.keyAt(middle, offset), key)
		if order < 0 {
			low = middle + 1
		} else {
			high, exact = middle, exact || order == 0
		}
	}
	return low, exact
}

// childIndex is where bbolt descends from a branch page: the last child whose first key is not after key.
func (p page) childIndex(key []byte) int {
	i, exact := p.find(key)
	if !exact && i > 0 {
		i--
	}
	return i
}

func (p page) childFor(key []byte) uint64 {
	_, child := p.branch(p.childIndex(key))
	return child
}
