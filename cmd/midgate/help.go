package main

import "context"

// help lists the commands.
func help(_ context.Context, p program, _ []string) error {
	p.print("midgate lets programs that speak OpenAI's image API draw with Midjourney.\n\n")
	for _, c := range commands() {
		p.print("  midgate %-12s %s\n", c.name, c.does)
		if c.usage != "" {
			p.print("  %20s %s\n", "", c.usage)
		}
	}
	p.print("\nSettings are environment variables (MIDGATE_…) or keys of a YAML file; README.md lists them.\n")
	return nil
}
