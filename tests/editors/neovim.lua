-- A session of Neovim with `stratiform lsp`, without a terminal; Neovim 0.7 or later:
--
--   PROGRAM=stratiform nvim --headless --clean -S neovim.lua queue.yaml
--
-- It prints what Neovim itself has after each step.
local function say(heading, lines)
  print(heading)
  for _, line in ipairs(lines) do
    print('    ' .. line)
  end
end

local buffer = vim.api.nvim_get_current_buf()
local client = vim.lsp.start_client({
  name = 'stratiform',
  cmd = { vim.env.PROGRAM or 'stratiform', 'lsp' },
  root_dir = vim.fn.getcwd(),
})
vim.lsp.buf_attach_client(buffer, client)

local function wait(what)
  assert(vim.wait(20000, what, 10), 'nothing came')
end
local function diagnostics()
  local lines = {}
  for _, it in ipairs(vim.diagnostic.get(buffer)) do
    lines[#lines + 1] = ('%d:%d %s'):format(it.lnum + 1, it.col + 1, it.message:gsub('\n', '; '))
  end
  return lines
end
local function ask(method, line, column, more)
  local params = {
    textDocument = { uri = vim.uri_from_bufnr(buffer) },
    position = { line = line, character = column },
  }
  local answers = assert(vim.lsp.buf_request_sync(buffer, method, vim.tbl_extend('force', params, more or {}), 20000))
  return answers[client].result
end

wait(function() return #vim.diagnostic.get(buffer) > 0 end)
say('diagnostics', diagnostics())

local hover = ask('textDocument/hover', 13, 9)
say('hover', vim.split(hover.contents.value, '\n', { trimempty = true }))

local definition = ask('textDocument/definition', 16, 38)
say('definition', { ('line %d'):format(definition.range.start.line + 1) })

-- The correction, carried out by Neovim.
local here = { line = 12, character = 8 }
local actions = ask('textDocument/codeAction', 12, 8, {
  range = { start = here, ['end'] = here },
  context = { diagnostics = {} },
})
say('code action', { actions[1].title })
vim.lsp.util.apply_workspace_edit(actions[1].edit, 'utf-16')
wait(function() return #vim.diagnostic.get(buffer) == 1 end)
say('the line now', { vim.api.nvim_buf_get_lines(buffer, 12, 13, true)[1] })
say('diagnostics', diagnostics())

vim.api.nvim_buf_set_lines(buffer, 13, 13, true, { '      Fifo' })
local items = ask('textDocument/completion', 13, 10).items
local labels = {}
for index = 1, 3 do
  labels[index] = items[index].label
end
say('completion', labels)
vim.cmd('qall!')
