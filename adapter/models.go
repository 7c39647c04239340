package adapter

// DefaultListed is what GET /v1/models shows when nothing else is configured.
var DefaultListed = []string{
	"midjourney", "midjourney-relax", "midjourney-fast", "midjourney-turbo",
	"midjourney-v8.2", "midjourney-v8.1", "midjourney-v7", "niji-7",
	"dall-e-2", "dall-e-3", "gpt-image-1", "gpt-image-1.5", "gpt-image-2",
}
