-- Fair order: who waits for others when work is scarce.

create function oblivion.must_yield(p_node public.nodes)
returns boolean
language sql
stable
return false;
comment on function oblivion.must_yield(public.nodes) is
  'Whether this node lets others go first for a moment; asked before every choice. For the engine alone.';
