package sqlstore

import (
	"context"
	"strings"
	"time"

	"midgate/adapter"
)

const imageColumns = `id, owner, job, created, expires, model, prompt, revised, version, speed, width, height,
	source, quarter, place, grid, parent, action, upstream, task_id, favorite, cells, buttons, single`

func scanImage(scan func(...any) error) (i adapter.Image, err error) {
	err = scan(&i.ID, &i.Owner, &i.Job, when{&i.Created}, when{&i.Expires}, &i.Model, &i.Prompt, &i.RevisedPrompt, &i.Version, &i.Speed, &i.Width, &i.Height,
		&i.Source, &i.Quarter, &i.Index, &i.Grid, &i.Parent, &i.Action, &i.Upstream, &i.TaskID, &i.Favorite, inJSON{&i.Cells}, inJSON{&i.Buttons}, inJSON{&i.Single})
	return i, err
}

// imageTable is the records of pictures, and their digests.
type imageTable struct {
	*statements
	bytes byteTable
}

func (t imageTable) images(ctx context.Context, rest string, args ...any) (images []adapter.Image, err error) {
	err = t.each(ctx, "SELECT "+imageColumns+" FROM images "+rest, args, func(scan func(...any) error) error {
		img, err := scanImage(scan)
		images = append(images, img)
		return err
	})
	return images, err
}

func (t imageTable) image(ctx context.Context, rest string, args ...any) (adapter.Image, error) {
	images, err := t.images(ctx, rest, args...)
	if err == nil && len(images) == 0 {
		err = adapter.ErrNotFound
	}
	if err != nil {
		return adapter.Image{}, err
	}
	return images[0], nil
}

// unexpired leaves out what has expired and was not removed yet; it has one parameter, the time.
const unexpired = " AND (expires IS NULL OR expires > ?)"

// Image implements adapter.ImageReader.
func (t imageTable) Image(ctx context.Context, id string) (adapter.Image, error) {
	return t.image(ctx, "WHERE id = ?"+unexpired, id, t.at(time.Now()))
}

// Images implements adapter.ImageReader.
func (t imageTable) Images(ctx context.Context, q adapter.ImageQuery) ([]adapter.Image, error) {
	where, args := "WHERE owner = ?"+unexpired, []any{q.Owner, t.at(time.Now())}
	if q.Kind != "" {
		where, args = where+" AND kind = ?", append(args, q.Kind)
	}
	if q.Favorite {
		where += " AND favorite"
	}
	if !q.Before.IsZero() {
		where, args = where+" AND created < ?", append(args, t.at(q.Before))
	}
	if q.Text != "" {
		where, args = where+" AND folded LIKE ? ESCAPE '!'", append(args, containing(q.Text))
	}
	after, cursor, order, err := t.page(ctx, "images", q.Owner, q.After, false)
	if err != nil {
		return nil, err
	}
	args = append(append(args, cursor...), q.Limit)
	return t.images(ctx, where+after+order+" LIMIT ?", args...)
}

// containing is a pattern for LIKE: the text, in small letters, anywhere.
func containing(s string) string {
	return "%" + strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(folded(s)) + "%"
}

// folded is a text as searches compare it. The engines' own notions of small letters differ.
func folded(s string) string { return strings.ToLower(text(s)) }

// PutImages implements adapter.ImageWriter.
func (t imageTable) PutImages(ctx context.Context, images ...adapter.Image) error {
	for _, i := range images {
		_, err := t.exec(ctx, "INSERT INTO images ("+imageColumns+`, kind, folded)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET owner = excluded.owner, job = excluded.job, created = excluded.created, expires = excluded.expires,
				model = excluded.model, prompt = excluded.prompt, revised = excluded.revised, version = excluded.version, speed = excluded.speed,
				width = excluded.width, height = excluded.height, source = excluded.source, quarter = excluded.quarter, place = excluded.place,
				grid = excluded.grid, parent = excluded.parent, action = excluded.action, upstream = excluded.upstream, task_id = excluded.task_id,
				favorite = images.favorite OR excluded.favorite, cells = excluded.cells, buttons = excluded.buttons,
				single = coalesce(excluded.single, images.single), kind = excluded.kind, folded = excluded.folded`,
			i.ID, i.Owner, i.Job, t.at(i.Created), t.at(i.Expires), text(i.Model), text(i.Prompt), text(i.RevisedPrompt), text(i.Version), string(i.Speed), i.Width, i.Height,
			i.Source, i.Quarter, i.Index, i.Grid, i.Parent, text(i.Action), i.Upstream, text(i.TaskID), i.Favorite, asJSON{i.Cells}, asJSON{i.Buttons}, asJSON{i.Single},
			i.Sort(), folded(i.Prompt))
		if err != nil {
			return err
		}
	}
	return nil
}

// UpdateImage implements adapter.ImageWriter.
func (t imageTable) UpdateImage(ctx context.Context, id string, change func(*adapter.Image)) error {
	img, err := t.image(ctx, "WHERE id = ?"+unexpired+t.forUpdate, id, t.at(time.Now()))
	if err != nil {
		return err
	}
	change(&img)
	if err := t.PutImages(ctx, img); err != nil {
		return err
	}
	_, err = t.exec(ctx, "UPDATE images SET favorite = ?, single = ? WHERE id = ?", img.Favorite, asJSON{img.Single}, id)
	return err
}

// DeleteImage implements adapter.ImageWriter.
func (t imageTable) DeleteImage(ctx context.Context, id string) error {
	return t.removeImages(ctx, []string{id})
}

// removeImages removes records and whatever is known of them.
func (t imageTable) removeImages(ctx context.Context, ids []string) error {
	list, args := among(ids)
	sources, err := t.names(ctx, "SELECT DISTINCT source FROM images WHERE id IN "+list, args...)
	if err != nil {
		return err
	}
	for _, table := range []string{"prints", "looks", "digests"} {
		if _, err := t.exec(ctx, "DELETE FROM "+table+" WHERE image IN "+list, args...); err != nil {
			return err
		}
	}
	if _, err := t.exec(ctx, "DELETE FROM images WHERE id IN "+list, args...); err != nil {
		return err
	}
	return t.bytes.orphan(ctx, sources)
}

// ImageByDigest implements adapter.ImageReader.
func (t imageTable) ImageByDigest(ctx context.Context, owner, sha256 string) (id string, err error) {
	err = t.one(ctx, "SELECT image FROM digests WHERE owner = ? AND digest = ?"+unexpired, []any{owner, sha256, t.at(time.Now())}, &id)
	return id, err
}

// PutDigest implements adapter.ImageWriter.
func (t imageTable) PutDigest(ctx context.Context, owner, sha256, id string, expires time.Time) error {
	_, err := t.exec(ctx, `INSERT INTO digests (owner, digest, image, expires) VALUES (?, ?, ?, ?)
		ON CONFLICT (owner, digest) DO UPDATE SET image = excluded.image, expires = excluded.expires`, owner, sha256, id, t.at(expires))
	return err
}

// pressTable is the buttons that jobs have pressed or are about to press.
type pressTable struct{ *statements }

// ClaimPress implements adapter.ImageWriter.
func (t pressTable) ClaimPress(ctx context.Context, key, job string) (holder string, err error) {
	err = t.one(ctx, `INSERT INTO presses (button, job) VALUES (?, ?)
		ON CONFLICT (button) DO UPDATE SET job = CASE
			WHEN EXISTS (SELECT 1 FROM jobs WHERE jobs.id = presses.job AND jobs.status IN ('queued', 'in_progress')) THEN presses.job
			ELSE excluded.job END
		RETURNING job`, []any{key, job}, &holder)
	return holder, err
}

// ReleasePress implements adapter.ImageWriter.
func (t pressTable) ReleasePress(ctx context.Context, key, job string) error {
	_, err := t.exec(ctx, "DELETE FROM presses WHERE button = ? AND job = ?", key, job)
	return err
}
