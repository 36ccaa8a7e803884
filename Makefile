# certfleet: `make demo` shows it, `make test` tests it. Variables: ROOM, WIDTH, FILTER, DEMO_DIR, KEEP, PREFIX, DESTDIR.

# One room and its tests alone, in a build folder of its own: ROOM=Planning make test
ROOM ?=
# How many tests run at once. Tests with a lab wait for other processes; more of them at once only makes each slower.
WIDTH ?= 8
# Tests whose name matches: FILTER=Names make test
FILTER ?=
PREFIX ?= /usr/local

swift_files := Package.swift Sources Tests Plugins Benchmarks
script_files := Benchmarks/run Benchmarks/harness/fleet.sh .ci/run $(wildcard scripts/*)
debug := .build/debug/certfleet

ifneq ($(ROOM),)
export CERTFLEET_ROOM := $(ROOM)
room_flags := --scratch-path .build/rooms/$(ROOM)
endif
filter_flags := $(if $(FILTER),--filter '$(FILTER)')

.PHONY: help setup build test stress sanitize lint format demo docs bench bench-full bench-renewal bench-delayed install clean

help:
	@echo 'make setup    name missing system packages and install them'
	@echo 'make build    build certfleet (.build/debug/certfleet)'
	@echo 'make test     install what tests need, build, run all tests; ROOM=Planning for one room'
	@echo 'make stress   the tests of the transport that take minutes'
	@echo 'make sanitize tests under AddressSanitizer and ThreadSanitizer; ROOM and FILTER narrow them'
	@echo 'make lint     format, imports between rooms, warnings, scripts'
	@echo 'make format   write the files in the house format'
	@echo 'make demo     renewal night on thirteen simulated servers; KEEP=1 leaves them up'
	@echo 'make docs     write docs/commands.md anew from the program itself'
	@echo 'make bench    the transport beside the least possible client and two others (a minute); bench-full: all of it'
	@echo 'make bench-renewal    time a renewal of the lab with an optimised build'
	@echo 'make bench-delayed    two hundred servers of the lab in delayed mode: wall time and memory; HOSTS=200'
	@echo 'make install  optimised build, copied to PREFIX/bin (/usr/local)'
	@echo 'make clean    remove everything built'

setup:
	@bash scripts/setup test

build:
	swift build $(room_flags)

test:
	@bash scripts/setup test
	SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=$(WIDTH) swift test $(room_flags) $(filter_flags)

stress:
	@bash scripts/setup test
	CERTFLEET_STRESS=1 CERTFLEET_ROOM=SSHTransport SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=$(WIDTH) \
		swift test --scratch-path .build/rooms/SSHTransport $(filter_flags)

sanitize:
	@bash scripts/setup test
	ROOM='$(ROOM)' FILTER='$(FILTER)' scripts/sanitize address
	ROOM='$(ROOM)' FILTER='$(FILTER)' scripts/sanitize thread

lint:
	swift format lint --recursive --strict --parallel $(swift_files)
	bash scripts/check-imports
	bash scripts/check-transport
	swift build --explicit-target-dependency-import-check error
	@for file in $(script_files); do bash -n $$file || exit 1; done

format:
	swift format --in-place --recursive --parallel $(swift_files)

demo:
	@bash scripts/setup lab
	swift build --product certfleet
	@bash scripts/demo $(debug)

docs: build
	bash scripts/commands $(debug) > docs/commands.md

bench:
	@bash scripts/setup lab
	@bash Benchmarks/run quick

bench-full:
	@bash scripts/setup lab
	@bash Benchmarks/run full

bench-renewal:
	@bash scripts/setup lab
	swift build -c release --product certfleet
	@bash scripts/bench .build/release/certfleet

HOSTS ?= 200
bench-delayed:
	@bash scripts/setup lab
	swift build -c release --product certfleet
	@bash scripts/bench-delayed .build/release/certfleet $(HOSTS)

# Swift's own libraries go into the program: the toolchain may change or go.
install:
	swift build -c release --static-swift-stdlib --product certfleet
	install -s -D -m 0755 .build/release/certfleet '$(DESTDIR)$(PREFIX)/bin/certfleet'
	.build/release/certfleet man > .build/certfleet.1
	install -D -m 0644 .build/certfleet.1 '$(DESTDIR)$(PREFIX)/share/man/man1/certfleet.1'

clean:
	@if [ -x $(debug) ] && [ -d .build/demo ]; then $(debug) lab down .build/demo >/dev/null 2>&1 || true; fi
	rm -rf .build
