# Commands of the house; README.md tells their story. Every target installs what it needs into .venv.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.PHONY: run test postgresql browser check bench accuracy full requirements clean help

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --require-hashes
KERNELS := $(shell find src -name '*.pyx' -o -name '*.pxi' -o -name '*.pxd')
DATA ?= ../shared/data
DATA_DIR ?= .data
export OMP_NUM_THREADS ?= 1
# Some images forbid it; hundreds of programs that compile every file at their start cost minutes.
unexport PYTHONDONTWRITEBYTECODE

help: ## 列出目标 list the targets
	@grep -hE '^[a-z]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 16

$(VENV)/.core: requirements/core.txt requirements/desk.txt requirements/build.txt setup.py pyproject.toml $(KERNELS)
	@test -x $(BIN)/python || { echo "创建环境 … Creating the environment …"; "$(PYTHON)" -m venv $(VENV); }
	@echo "安装锁定版本的依赖 … Installing pinned dependencies …"
	@$(PIP) -r requirements/build.txt
	@$(PIP) -r requirements/core.txt -r requirements/desk.txt
	@echo "编译内核 … Building the kernels …"
	@$(BIN)/python -m pip --disable-pip-version-check install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.full: $(VENV)/.core requirements/full.txt
	@echo "安装可选组件 … Installing the extras …"
	@$(PIP) -r requirements/full.txt
	@touch $@

$(VENV)/.test: $(VENV)/.full requirements/test.txt
	@echo "安装测试工具 … Installing the test tools …"
	@$(PIP) -r requirements/test.txt
	@touch $@

full: $(VENV)/.full ## 安装全部可选组件 install every extra (training, reports, history, PostgreSQL)

run: $(VENV)/.core ## 启动全部程序并放入模拟流量 start everything with simulated traffic; Ctrl-C stops it
	@exec $(BIN)/anxin up --demo --data "$(DATA_DIR)"

browser: ## 安装工作台测试用的浏览器 install the browser that the desk's journeys need, where this may be done
	@if [ -x /usr/bin/chromium-headless-shell ]; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "安装无窗口浏览器和中文字体 … Installing a browser without windows and Chinese fonts …"; \
	  { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium-headless-shell fonts-noto-cjk >/dev/null; } \
	    || echo "It could not be installed; without /usr/bin/chromium the journeys that need it will be skipped."; \
	elif [ ! -x /usr/bin/chromium ]; then echo "No chromium at /usr/bin; the journeys that need it will be skipped."; fi

test: $(VENV)/.test browser ## 运行全部测试 run all tests, the desk's on SQLite
	@$(BIN)/python -m pytest -n 3 --dist worksteal $(ARGS)

postgresql: $(VENV)/.test ## 在 PostgreSQL 上再测工作台 run the desk's tests again, on PostgreSQL, with backup, dump and orders of an installation
	@ANXIN_TEST_DATABASE=postgresql $(BIN)/python -m pytest -n 2 --dist worksteal src/anxin/desk tests/journeys/desk/storage $(ARGS)

check: $(VENV)/.test ## 格式、规范、类型、分层、依赖 format, lint, types, layers, dependencies
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy src/anxin
	@$(BIN)/lint-imports --config .importlinter
	@$(BIN)/deptry .
	@$(BIN)/vulture

bench: $(VENV)/.test ## 与其他方案比速度 speed beside the alternatives
	@$(BIN)/python -m benchmarks.all

accuracy: $(VENV)/.full ## 在带标签数据上的准确度 accuracy on labelled data (DATA=folder)
	@$(BIN)/python -m benchmarks.accuracy --data "$(DATA)"

requirements: $(VENV)/.test ## 重新锁定依赖版本 pin the requirement files again
	@$(BIN)/python -m pip --disable-pip-version-check install --quiet pip-tools
	@for each in core build desk full test; do \
	  $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-header --annotation-style=line \
	    --no-emit-options -o requirements/$$each.txt requirements/$$each.in; done

clean: ## 清除构建结果，保留数据 remove what was built; keeps data
	rm -rf build dist src/*.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis $(VENV)
	find src -name '*.so' -delete
