// Command release builds what is handed out: binaries for each platform, the container image, bills of materials and checksums. The same
// commit and version give the same bytes on every machine with the same Go; SOURCE_DATE_EPOCH takes the place of the commit's time.
//
//	go run ./internal/release image -version 1.2.3      the image alone, of whatever is in the working tree
//	go run ./internal/release all -version 1.2.3        everything; it wants a clean tree and an entry in CHANGELOG.md
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "release: "+err.Error())
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return errors.New("say what to build: image or all")
	}
	f := flag.NewFlagSet(args[0], flag.ContinueOnError)
	version := f.String("version", "unreleased", "version to stamp")
	out := f.String("out", "dist", "directory for the results")
	if err := f.Parse(args[1:]); err != nil {
		return err
	}
	switch args[0] {
	case "image":
		return buildImage(ctx, *version, *out)
	case "all":
		return buildAll(ctx, *version, *out)
	default:
		return fmt.Errorf("%q: say image or all", args[0])
	}
}
