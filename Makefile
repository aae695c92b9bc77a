# Courtside. `make up` runs everything on this machine, `make test` checks everything.
SHELL := /usr/bin/env bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help up up-full test lint bench shots reset generate queries fuzz

help: ## Show what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

up: ## Install what is missing, build, start PostgreSQL and everything else, print the addresses
	@scripts/up

up-full: ## The same with Kafka, Redis, nginx and two processes of each service
	@scripts/up-full

test: ## Set up and run every test, as continuous integration does
	@scripts/test

lint: ## Formatting, clippy, the shape of the tree, generated documents, front ends
	@scripts/lint

bench: ## Measure this machine and print one table of ratios
	@scripts/bench

fuzz: ## Ask every operation for nonsense; the answer is never a 500
	@qa/run fuzz

shots: ## Take a screenshot of every page at phone and desktop width
	@scripts/shots

generate: ## Write api/*.json, the tables of states and the web client again from the code
	cargo xtask openapi
	cargo xtask states
	scripts/web generate

queries: ## Check every query against freshly migrated schemas and write .sqlx again
	@scripts/queries

reset: ## Stop the private cluster and forget all local data
	@scripts/reset
