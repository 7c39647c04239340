package pictures

import (
	"math"
	"math/bits"
	"slices"
	"sync"
	"time"

	"midgate/adapter"
	"midgate/adapter/pictures/fingerprint"
)

// Index knows by which fingerprints each owner's pictures can be found. It lives in memory,
// about 400 bytes a picture, and is filled from a watch of the records: See and Gone are
// its handlers. The fingerprints themselves stay in the records.
type Index struct {
	mu     sync.RWMutex
	owners map[string]*shelf
	owner  map[string]string // of each image ID
}

// shelf holds one owner's pictures: what every look-up walks through is kept apart from
// what only candidates are asked for.
type shelf struct {
	hashes []uint64
	ratios []float32 // width to height, as a logarithm
	coarse []fingerprint.Coarse
	about  []about
	at     map[string]int // place of each image ID
}

type about struct {
	id      string
	pixels  int
	actions int
	created time.Time
}

// NewIndex makes an empty index.
func NewIndex() *Index {
	return &Index{owners: map[string]*shelf{}, owner: map[string]string{}}
}

// See adds a picture's record or replaces it. One without a fingerprint cannot be found.
func (x *Index) See(img adapter.Image) {
	l, ok := fingerprint.Parse(img.Looks)
	if !ok || img.Width <= 0 || img.Height <= 0 {
		x.Gone(img.ID)
		return
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if was, ok := x.owner[img.ID]; ok && was != img.Owner {
		x.remove(img.ID)
	}
	s := x.owners[img.Owner]
	if s == nil {
		s = &shelf{at: map[string]int{}}
		x.owners[img.Owner] = s
	}
	x.owner[img.ID] = img.Owner
	s.put(l, ratio(img.Width, img.Height), about{img.ID, img.Width * img.Height, len(img.Buttons), img.Created})
}

// Gone removes a picture; it is no error if it is not there.
func (x *Index) Gone(id string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.remove(id)
}

// Len returns the number of pictures that can be found.
func (x *Index) Len() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.owner)
}

func (x *Index) remove(id string) {
	owner, ok := x.owner[id]
	if !ok {
		return
	}
	delete(x.owner, id)
	s := x.owners[owner]
	s.drop(id)
	if len(s.about) == 0 {
		delete(x.owners, owner)
	}
}

func (s *shelf) put(l *fingerprint.Fingerprint, ratio float32, a about) {
	i, ok := s.at[a.id]
	if !ok {
		i = len(s.about)
		s.at[a.id] = i
		s.hashes, s.ratios = append(s.hashes, 0), append(s.ratios, 0)
		s.coarse, s.about = append(s.coarse, fingerprint.Coarse{}), append(s.about, about{})
	}
	s.hashes[i], s.ratios[i], s.coarse[i], s.about[i] = l.Hash, ratio, l.Coarse(), a
}

// drop moves the last picture into the place of the one that goes.
func (s *shelf) drop(id string) {
	i, last := s.at[id], len(s.about)-1
	s.hashes[i], s.ratios[i], s.coarse[i], s.about[i] = s.hashes[last], s.ratios[last], s.coarse[last], s.about[last]
	s.at[s.about[i].id] = i
	delete(s.at, id)
	s.hashes, s.ratios = s.hashes[:last], s.ratios[:last]
	s.coarse, s.about = s.coarse[:last], s.about[:last]
}

// hashAway is how many of the hash's 64 bits may differ in a candidate that has no
// holes, maxCandidates how many of the nearest are compared by their pixels.
// RECOGNITION.md has the measurements.
const (
	hashAway      = 12
	maxCandidates = 64
	ratioAway     = 0.025 // a resized picture's sides are rounded
)

type candidate struct {
	about
	away int
}

// candidates returns an owner's pictures that l may be, the nearest first.
func (x *Index) candidates(owner string, l *fingerprint.Fingerprint, width, height int) []candidate {
	x.mu.RLock()
	defer x.mu.RUnlock()
	s := x.owners[owner]
	if s == nil {
		return nil
	}
	var found []candidate
	away := s.byHash(l)
	if l.Holes > 0 {
		away = s.byPart(l)
	}
	want := ratio(width, height)
	for i := range s.ratios {
		if math.Abs(float64(s.ratios[i]-want)) > ratioAway {
			continue
		}
		if d, ok := away(i); ok {
			found = append(found, candidate{s.about[i], d})
		}
	}
	slices.SortFunc(found, func(a, b candidate) int { return a.away - b.away })
	return found[:min(len(found), maxCandidates)]
}

// find returns what is known of one picture of an owner.
func (x *Index) find(owner, id string) (about, bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if s := x.owners[owner]; s != nil {
		if i, ok := s.at[id]; ok {
			return s.about[i], true
		}
	}
	return about{}, false
}

func (s *shelf) byHash(l *fingerprint.Fingerprint) func(i int) (int, bool) {
	return func(i int) (int, bool) {
		d := bits.OnesCount64(s.hashes[i] ^ l.Hash)
		return d, d <= hashAway
	}
}

func (s *shelf) byPart(l *fingerprint.Fingerprint) func(i int) (int, bool) {
	p := fingerprint.NewProbe(l)
	if !p.Usable() {
		return func(int) (int, bool) { return 0, false }
	}
	return func(i int) (int, bool) { return p.Distance(&s.coarse[i]) }
}

func ratio(width, height int) float32 { return float32(math.Log(float64(width) / float64(height))) }
