package pictures

// Config says where the bytes live and how much one picture may cost.
type Config struct {
	// URL of the bucket: file:///absolute/directory, a bare directory, s3://name?region=…
	// or mem:// (tests). A directory is made when it is missing.
	URL string
	// TempDir is where uploads stand until their digest is known. Empty: the system's.
	TempDir string
	// MaxPixels is the most that width × height of an upload, and of anything that is
	// decoded, may be. 0: 50,000,000.
	MaxPixels int
	// Workers is how many pictures are decoded, cut or encoded at once. 0: GOMAXPROCS.
	Workers int
}

const defaultMaxPixels = 50_000_000
