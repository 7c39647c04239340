package nearest

// longest is how much of a name is looked at: no name that is known is so long, and a stranger's may be megabytes.
const longest = 100

// Of returns the known name that takes the fewest typing mistakes to reach, and whether name is it.
func Of(name string, known []string) (near string, same bool) {
	beginning := name[:min(len(name), longest)]
	best := len(beginning) + 1000
	for _, k := range known {
		if d := distance(beginning, k); d < best {
			best, near = d, k
		}
	}
	return near, near == name
}

// distance counts the letters to be inserted, dropped, replaced or swapped with their neighbour to get from a to b.
func distance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			replaced := rows[i-1][j-1]
			if a[i-1] != b[j-1] {
				replaced++
			}
			rows[i][j] = min(replaced, rows[i-1][j]+1, rows[i][j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
