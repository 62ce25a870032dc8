// Command main holds an export of our log, its notes and proofs against Go's sumdb packages.
//
// golang.org/x/mod/sumdb/{note,tlog} are copied beside it from the Go distribution, which vendors
// them; nothing is fetched. It reads FACTS (JSON, by tests/conformance/test_go_sumdb.py) and the
// export's files, and prints what it has accepted; anything it does not accept ends it.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"interop/note"
	"interop/tlog"
)

type facts struct {
	Export      string
	LogKeys     []string
	Witness     string
	Inclusion   []proof
	Consistency []proof
}

type proof struct {
	Index, Old, New int64
	Path            []string
}

func must(err error, what string) {
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", what, err)
		os.Exit(1)
	}
}

func require(held bool, what string) {
	if !held {
		must(fmt.Errorf("does not hold"), what)
	}
}

// cosigner verifies c2sp.org/tlog-cosignature v1, which the note package does not know.
type cosigner struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func newCosigner(vkey string) *cosigner {
	parts := strings.SplitN(vkey, "+", 3)
	raw, err := base64.StdEncoding.DecodeString(parts[2])
	must(err, "witness key")
	require(len(raw) == 33 && raw[0] == 4, "witness key type")
	id := sha256.Sum256(append([]byte(parts[0]+"\n"), raw...))
	hash := binary.BigEndian.Uint32(id[:4])
	require(fmt.Sprintf("%08x", hash) == parts[1], "witness key id")
	return &cosigner{parts[0], hash, ed25519.PublicKey(raw[1:])}
}

func (c *cosigner) Name() string    { return c.name }
func (c *cosigner) KeyHash() uint32 { return c.hash }
func (c *cosigner) Verify(msg, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	head := fmt.Sprintf("cosignature/v1\ntime %d\n", binary.BigEndian.Uint64(sig[:8]))
	return ed25519.Verify(c.key, append([]byte(head), msg...), sig[8:])
}

// tiles reads tiles where c2sp.org/tlog-tiles has them: without the height that Go's paths state.
type tiles struct{ root string }

func (t tiles) Height() int                                { return 8 }
func (t tiles) SaveTiles(_ []tlog.Tile, _ [][]byte)        {}
func (t tiles) ReadTiles(want []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, each := range want {
		path := strings.Replace(each.Path(), "tile/8/", "tile/", 1)
		data, err := os.ReadFile(filepath.Join(t.root, filepath.FromSlash(path)))
		if err != nil {
			return nil, err
		}
		found = append(found, data)
	}
	return found, nil
}

func parse(text string) tlog.Tree {
	lines := strings.Split(text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err, "size")
	root, err := tlog.ParseHash(lines[2])
	must(err, "root")
	return tlog.Tree{N: size, Hash: root}
}

func verifiers(vkeys []string) note.Verifiers {
	var known []note.Verifier
	for _, vkey := range vkeys {
		each, err := note.NewVerifier(vkey)
		must(err, vkey)
		known = append(known, each)
	}
	return note.VerifierList(known...)
}

func openHead(path string, known note.Verifiers) tlog.Tree {
	data, err := os.ReadFile(path)
	must(err, path)
	opened, err := note.Open(data, known)
	must(err, path)
	return parse(opened.Text)
}

// entries returns the entries of every bundle.
func entries(root string, size int64) [][]byte {
	var found [][]byte
	for n := int64(0); n*256 < size; n++ {
		tile := tlog.Tile{H: 8, L: 0, N: n, W: int(min(256, size-n*256))}
		path := strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1)
		data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(path)))
		must(err, path)
		for len(data) > 0 {
			length := int(binary.BigEndian.Uint16(data))
			found = append(found, data[2:2+length])
			data = data[2+length:]
		}
	}
	require(int64(len(found)) == size, "number of entries")
	return found
}

func hashes(texts []string) []tlog.Hash {
	found := []tlog.Hash{}
	for _, text := range texts {
		each, err := tlog.ParseHash(text)
		must(err, "hash")
		found = append(found, each)
	}
	return found
}

func same(ours, theirs []tlog.Hash) bool {
	if len(ours) != len(theirs) {
		return false
	}
	for i := range ours {
		if ours[i] != theirs[i] {
			return false
		}
	}
	return true
}

func main() {
	var given facts
	data, err := os.ReadFile(os.Args[1])
	must(err, "facts")
	must(json.Unmarshal(data, &given), "facts")

	// The head, under the log's keys; every tile, authenticated from it.
	tree := openHead(filepath.Join(given.Export, "checkpoint"), verifiers(given.LogKeys))
	reader := tlog.TileHashReader(tree, tiles{given.Export})
	root, err := tlog.TreeHash(tree.N, reader)
	must(err, "root of the tiles")
	require(root == tree.Hash, "root of the tiles")

	// Every entry: its hash in the tree, and its signatures by keys of the file vkeys.
	lines, err := os.ReadFile(filepath.Join(given.Export, "vkeys"))
	must(err, "vkeys")
	var every []string
	for _, line := range strings.Split(strings.TrimSpace(string(lines)), "\n") {
		every = append(every, strings.Fields(line)[3])
	}
	known := verifiers(every)
	all := entries(given.Export, tree.N)
	signed := 0
	for n, entry := range all {
		stored, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, int64(n))})
		must(err, "leaf")
		require(stored[0] == tlog.RecordHash(entry), fmt.Sprintf("leaf %d", n))
		opened, err := note.Open(entry, known)
		must(err, fmt.Sprintf("entry %d", n))
		require(len(opened.UnverifiedSigs) == 0, fmt.Sprintf("entry %d", n))
		signed += len(opened.Sigs)
	}

	// Proofs: ours are accepted, and Go makes the same of our tiles.
	for _, each := range given.Inclusion {
		path := tlog.RecordProof(hashes(each.Path))
		head, err := tlog.TreeHash(each.New, reader)
		must(err, "head")
		leaf := tlog.RecordHash(all[each.Index])
		must(tlog.CheckRecord(path, each.New, head, each.Index, leaf), "inclusion")
		made, err := tlog.ProveRecord(each.New, each.Index, reader)
		must(err, "inclusion")
		require(same(path, made), "inclusion proof")
	}
	for _, each := range given.Consistency {
		path := tlog.TreeProof(hashes(each.Path))
		before, err := tlog.TreeHash(each.Old, reader)
		must(err, "head")
		after, err := tlog.TreeHash(each.New, reader)
		must(err, "head")
		must(tlog.CheckTree(path, each.New, after, each.Old, before), "consistency")
		made, err := tlog.ProveTree(each.New, each.Old, reader)
		must(err, "consistency")
		require(same(path, made), "consistency proof")
	}

	// The cosigned head: the log's line and the witness's in one note.
	path := filepath.Join(given.Export, "cosigned")
	cosigned := openHead(path, note.VerifierList(newCosigner(given.Witness)))
	require(cosigned == openHead(path, verifiers(given.LogKeys)), "cosigned head")
	head, err := tlog.TreeHash(cosigned.N, reader)
	must(err, "cosigned head")
	require(bytes.Equal(head[:], cosigned.Hash[:]), "cosigned head")

	fmt.Printf("%d entries, %d signatures, %d inclusion, %d consistency, cosigned %d\n",
		tree.N, signed, len(given.Inclusion), len(given.Consistency), cosigned.N)
}
