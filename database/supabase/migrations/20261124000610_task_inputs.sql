-- What a customer may write into a task: every field within bounds, and the inputs as list, range, NDJSON or CSV.

create function oblivion.refuse_foreign_url(p_value text, p_field text)
returns void
language plpgsql
set search_path = ''
as $$
begin
  if p_value is not null then
    -- No node, tab or server opens a stranger's URL (A1). What lies in Storage of our own is asked for elsewhere.
    perform oblivion.raise_error('OB009', 'Foreign URLs are refused: no node opens an address that a stranger chose.',
      'Send the content itself.', jsonb_build_object('field', p_field));
  end if;
end
$$;
comment on function oblivion.refuse_foreign_url(text, text) is 'OB009 for any URL in a call (A1). For the engine alone.';

create function oblivion.task_text(p_task jsonb, p_field text, p_max int)
returns text
language plpgsql
set search_path = ''
as $$
begin
  if jsonb_typeof(p_task -> p_field) is distinct from 'string'
    or length(p_task ->> p_field) not between 1 and p_max then
    perform oblivion.raise_error('OB005', format('%s is a text of 1 to %s characters.', p_field, p_max), null,
      jsonb_build_object('field', p_field, 'reason', 'text'));
  end if;
  return p_task ->> p_field;
end
$$;
comment on function oblivion.task_text(jsonb, text, int) is 'A required text of a task, or OB005 with its field. For the engine alone.';

create function oblivion.task_integer(p_task jsonb, p_field text, p_default bigint, p_min bigint, p_max bigint)
returns bigint
language plpgsql
set search_path = ''
as $$
declare
  v_value jsonb := p_task -> p_field;
begin
  if v_value is null or v_value = 'null' then
    if p_default is null then
      perform oblivion.raise_error('OB005', format('%s is missing.', p_field), null,
        jsonb_build_object('field', p_field, 'reason', 'missing'));
    end if;
    return p_default;
  end if;
  -- Digits only: as a number, or (money) as a decimal string.
  if jsonb_typeof(v_value) not in ('number', 'string') or (v_value #>> '{}') !~ '^-?[0-9]{1,18}$'
    or (v_value #>> '{}')::bigint not between p_min and p_max then
    perform oblivion.raise_error('OB005', format('%s is a whole number from %s to %s.', p_field, p_min, p_max), null,
      jsonb_build_object('field', p_field, 'reason', 'range', 'min', p_min::text, 'max', p_max::text));
  end if;
  return (v_value #>> '{}')::bigint;
end
$$;
comment on function oblivion.task_integer(jsonb, text, bigint, bigint, bigint) is
  'A whole number of a task within bounds, or OB005 with its field. For the engine alone.';

create function oblivion.task_flag(p_task jsonb, p_field text)
returns boolean
language plpgsql
set search_path = ''
as $$
declare
  v_value jsonb := coalesce(nullif(p_task -> p_field, 'null'), 'false');
begin
  if jsonb_typeof(v_value) <> 'boolean' then
    perform oblivion.raise_error('OB005', format('%s is true or false.', p_field), null,
      jsonb_build_object('field', p_field, 'reason', 'shape'));
  end if;
  return v_value;
end
$$;
comment on function oblivion.task_flag(jsonb, text) is
  'A choice of a task, by default false; or OB005 with its field. For the engine alone.';

create function oblivion.task_names(p_task jsonb, p_field text, p_allowed text[] default null)
returns text[]
language plpgsql
set search_path = ''
as $$
declare
  v_value jsonb := p_task -> p_field;
  v_names text[];
begin
  if v_value is null or v_value = 'null' then
    return null;
  end if;
  if jsonb_typeof(v_value) = 'array' and jsonb_array_length(v_value) between 1 and 20
    and not jsonb_path_exists(v_value, 'strict $[*] ? (@.type() != "string")') then
    select array_agg(distinct e.value order by e.value) into v_names from jsonb_array_elements_text(v_value) e;
  end if;
  if v_names is null
    or exists (select from unnest(v_names) as u (name) where length(u.name) not between 1 and 100)
    or not v_names <@ coalesce(p_allowed, v_names) then
    perform oblivion.raise_error('OB005',
      case when p_allowed is null then format('%s is a list of 1 to 20 names.', p_field)
        else format('%s is a list of %s.', p_field, array_to_string(p_allowed, ', ')) end,
      'Leave it out where it does not matter.', jsonb_build_object('field', p_field, 'reason', 'names'));
  end if;
  return v_names;
end
$$;
comment on function oblivion.task_names(jsonb, text, text[]) is
  'A list of distinct names of a task, out of those allowed; null where absent; or OB005 with its field. For the engine alone.';

create function oblivion.refuse_line(p_line bigint, p_what text)
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform oblivion.raise_error('OB005', format('Line %s of inputs.text %s.', p_line, p_what), null,
    jsonb_build_object('field', 'inputs.text', 'reason', 'line', 'line', p_line));
end
$$;
comment on function oblivion.refuse_line(bigint, text) is 'OB005 for a line of a text of inputs. For the engine alone.';

create function oblivion.ndjson_inputs(p_text text)
returns setof jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_line record;
begin
  begin
    -- All at once: a million lines one by one, each with an exception's block of its own, take too long for one call.
    return query
      select l.line::jsonb
        from string_to_table(p_text, E'\n') with ordinality as l (line, number)
       where l.line !~ '^[ \t\r]*$'
       order by l.number;
    return;
  exception
    -- No JSON, a number or a character that jsonb does not hold, or too deep.
    when data_exception or untranslatable_character or program_limit_exceeded then
      null;
  end;
  for v_line in
    select l.line, l.number
      from string_to_table(p_text, E'\n') with ordinality as l (line, number)
     where l.line !~ '^[ \t\r]*$'
     order by l.number
  loop
    begin
      perform v_line.line::jsonb;
    exception
      when data_exception or untranslatable_character or program_limit_exceeded then
        perform oblivion.refuse_line(v_line.number, 'is not a JSON value');
    end;
  end loop;
end
$$;
comment on function oblivion.ndjson_inputs(text) is
  'The values of a text with one JSON value a line; empty lines count for nothing. OB005 names the first wrong line. For the engine alone.';

create function oblivion.csv_fields(p_record text)
returns text[]
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_fields text[];
  v_covered bigint;
begin
  -- RFC 4180. With a comma behind the last field too, each field is one match; what no match covers is a stray quote.
  select array_agg(
           case when m.field[1] like '"%'
             then replace(substr(m.field[1], 2, length(m.field[1]) - 2), '""', '"') else m.field[1] end
           order by m.place),
         sum(length(m.field[1]) + 1)
    into v_fields, v_covered
    from regexp_matches(p_record || ',', '("(?:[^"]|"")*"|[^",]*),', 'g') with ordinality as m (field, place);
  return case when v_covered = length(p_record) + 1 then v_fields end;
end
$$;
comment on function oblivion.csv_fields(text) is 'The fields of one record of CSV, or null where a quote is out of place. For the engine alone.';

create function oblivion.require_csv_names(p_names text[], p_line bigint)
returns void
language plpgsql
set search_path = ''
as $$
begin
  if '' = any (p_names) or cardinality(p_names) <> (select count(distinct n) from unnest(p_names) n) then
    perform oblivion.refuse_line(p_line, 'does not name each column by a name of its own');
  end if;
end
$$;
comment on function oblivion.require_csv_names(text[], bigint) is 'OB005 where columns are not named apart. For the engine alone.';

create function oblivion.refuse_csv_fields(p_line bigint, p_fields int, p_names int)
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform oblivion.refuse_line(p_line, format('has %s fields where the first names %s', p_fields, p_names));
end
$$;
comment on function oblivion.refuse_csv_fields(bigint, int, int) is
  'OB005 for a record of CSV with too few or too many fields. For the engine alone.';

create function oblivion.plain_csv_inputs(p_text text)
returns setof jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_head record;
  v_names text[];
  v_wrong record;
begin
  -- Without quotes a line is a record and a comma ends a field, so one statement reads a million of them.
  select rtrim(l.line, E'\r') as line, l.number
    into v_head
    from string_to_table(p_text, E'\n') with ordinality as l (line, number)
   where l.line !~ '^\r?$'
   order by l.number
   limit 1;
  if not found then
    return;
  end if;
  v_names := string_to_array(v_head.line, ',');
  perform oblivion.require_csv_names(v_names, v_head.number);
  select l.number, cardinality(string_to_array(l.line, ',')) as fields
    into v_wrong
    from string_to_table(p_text, E'\n') with ordinality as l (line, number)
   where l.line !~ '^\r?$'
     and cardinality(string_to_array(l.line, ',')) <> cardinality(v_names)
   order by l.number
   limit 1;
  if found then
    perform oblivion.refuse_csv_fields(v_wrong.number, v_wrong.fields, cardinality(v_names));
  end if;
  return query
    select jsonb_object(v_names, string_to_array(rtrim(l.line, E'\r'), ','))
      from string_to_table(p_text, E'\n') with ordinality as l (line, number)
     where l.line !~ '^\r?$'
       and l.number > v_head.number
     order by l.number;
end
$$;
comment on function oblivion.plain_csv_inputs(text) is 'As csv_inputs, of a text without a quote. For the engine alone.';

create function oblivion.csv_inputs(p_text text)
returns setof jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_line record;
  v_record text;
  v_from bigint;
  v_open boolean := false;
  v_names text[];
  v_fields text[];
begin
  if strpos(p_text, '"') = 0 then
    return query select v from oblivion.plain_csv_inputs(ltrim(p_text, chr(65279))) v;
    return;
  end if;
  for v_line in
    select rtrim(l.line, E'\r') as line, l.number
      from string_to_table(ltrim(p_text, chr(65279)), E'\n') with ordinality as l (line, number)
     order by l.number
  loop
    if v_open then
      v_record := v_record || E'\n' || v_line.line;
    else
      v_record := v_line.line;
      v_from := v_line.number;
    end if;
    -- A record goes on while a quote is open.
    v_open := v_open <> ((length(v_line.line) - length(replace(v_line.line, '"', ''))) % 2 = 1);
    continue when v_open or v_record = '';
    v_fields := oblivion.csv_fields(v_record);
    if v_fields is null then
      perform oblivion.refuse_line(v_from, 'has a quote within a field that is not quoted');
    elsif v_names is null then
      perform oblivion.require_csv_names(v_fields, v_from);
      v_names := v_fields;
      continue;
    elsif cardinality(v_fields) <> cardinality(v_names) then
      perform oblivion.refuse_csv_fields(v_from, cardinality(v_fields), cardinality(v_names));
    end if;
    return next jsonb_object(v_names, v_fields);
  end loop;
  if v_open then
    perform oblivion.refuse_line(v_from, 'opens a quote that nothing closes');
  end if;
end
$$;
comment on function oblivion.csv_inputs(text) is
  'The records of a CSV text as objects of texts, by the names in its first line; empty lines count for nothing. OB005 names the line where a wrong record begins. For the engine alone.';

create function oblivion.text_inputs(p_inputs jsonb)
returns setof jsonb
language plpgsql
set search_path = ''
as $$
begin
  if jsonb_typeof(p_inputs -> 'text') is distinct from 'string'
    or coalesce(p_inputs ->> 'format', '') not in ('ndjson', 'csv')
    or p_inputs - '{format,text}'::text[] <> '{}' then
    perform oblivion.raise_error('OB005', 'inputs is a list, or a text with its format: ndjson or csv.', null,
      jsonb_build_object('field', 'inputs', 'reason', 'shape'));
  elsif octet_length(p_inputs ->> 'text') > 8388608 then
    perform oblivion.raise_error('OB005', 'inputs.text is larger than 8 MB.', 'Post several tasks.',
      jsonb_build_object('field', 'inputs.text', 'reason', 'size', 'limit', 8388608));
  elsif p_inputs ->> 'format' = 'ndjson' then
    return query select v from oblivion.ndjson_inputs(p_inputs ->> 'text') v;
  else
    return query select v from oblivion.csv_inputs(p_inputs ->> 'text') v;
  end if;
end
$$;
comment on function oblivion.text_inputs(jsonb) is 'The chunk inputs in a text, {format, text}. OB005. For the engine alone.';

create function oblivion.range_parts(p_range jsonb, p_settings oblivion.settings)
returns jsonb[]
language plpgsql
set search_path = ''
as $$
declare
  v_start bigint;
  v_end bigint;
  v_step bigint;
  v_size bigint;
  v_count numeric;
begin
  if jsonb_typeof(p_range) is distinct from 'object' then
    perform oblivion.raise_error('OB005', 'A range is {start, end, step}.', null,
      jsonb_build_object('field', 'range', 'reason', 'shape'));
  end if;
  v_start := oblivion.task_integer(p_range, 'start', 0, -1000000000000, 1000000000000);
  v_end := oblivion.task_integer(p_range, 'end', null, -1000000000000, 1000000000000);
  v_step := oblivion.task_integer(p_range, 'step', 1, 1, 1000000000000);
  v_count := ceil((v_end - v_start)::numeric / v_step);
  if v_count <= 0 then
    perform oblivion.raise_error('OB005', 'The range is empty: its end is not above its start.', null,
      jsonb_build_object('field', 'range', 'reason', 'empty'));
  end if;
  perform oblivion.require_chunk_count(v_count, p_settings);
  v_size := p_settings.chunks_per_part * v_step;
  return array(
    select jsonb_build_object('start', g.start, 'end', least(g.start + v_size, v_end), 'step', v_step)
      from generate_series(v_start, v_end - 1, v_size) as g (start)
     order by g.start);
end
$$;
comment on function oblivion.range_parts(jsonb, oblivion.settings) is
  'A range cut into ranges of at most chunks_per_part chunks. OB005, OB014. For the engine alone.';

create function oblivion.list_parts(p_inputs jsonb, p_settings oblivion.settings)
returns jsonb[]
language plpgsql
set search_path = ''
as $$
declare
  v_large bigint;
begin
  if jsonb_typeof(p_inputs) is distinct from 'array' or jsonb_array_length(p_inputs) = 0 then
    perform oblivion.raise_error('OB005', 'inputs is a list with at least one element.', null,
      jsonb_build_object('field', 'inputs', 'reason', 'empty'));
  end if;
  perform oblivion.require_chunk_count(jsonb_array_length(p_inputs), p_settings);
  -- Only a list as long as the limit can have an element that is longer.
  if octet_length(p_inputs::text) > p_settings.max_inline_bytes then
    select e.place - 1
      into v_large
      from jsonb_array_elements(p_inputs) with ordinality as e (value, place)
     where octet_length(e.value::text) > p_settings.max_inline_bytes
     order by e.place
     limit 1;
  end if;
  if v_large is not null then
    perform oblivion.raise_error('OB005',
      format('Input %s is larger than %s bytes.', v_large, p_settings.max_inline_bytes), 'Make the chunks smaller.',
      jsonb_build_object('field', format('inputs[%s]', v_large), 'reason', 'size', 'limit', p_settings.max_inline_bytes));
  end if;
  if p_inputs @? '$.**{66}' then
    -- As a result may be. Some 4,000 levels no node can pass to its program: each that got the job would give it back.
    select e.place - 1
      into v_large
      from jsonb_array_elements(p_inputs) with ordinality as e (value, place)
     where e.value @? '$.**{65}'
     order by e.place
     limit 1;
    perform oblivion.raise_error('OB005', format('Input %s is nested deeper than 64 levels.', v_large), 'Make it flatter.',
      jsonb_build_object('field', format('inputs[%s]', v_large), 'reason', 'depth', 'limit', 64));
  end if;
  if jsonb_array_length(p_inputs) <= p_settings.chunks_per_part then
    return array[p_inputs];
  end if;
  return array(
    select jsonb_agg(e.value order by e.place)
      from jsonb_array_elements(p_inputs) with ordinality as e (value, place)
     group by (e.place - 1) / p_settings.chunks_per_part
     order by (e.place - 1) / p_settings.chunks_per_part);
end
$$;
comment on function oblivion.list_parts(jsonb, oblivion.settings) is
  'A list of inputs cut into lists of at most chunks_per_part. OB005, OB014. For the engine alone.';

create function oblivion.require_chunk_count(p_count numeric, p_settings oblivion.settings)
returns void
language plpgsql
set search_path = ''
as $$
begin
  if p_count > p_settings.max_chunks_per_task then
    perform oblivion.raise_error('OB014', format('A task has at most %s chunks.', p_settings.max_chunks_per_task),
      'Make the chunks larger, or post several tasks.',
      jsonb_build_object('what', 'chunks', 'limit', p_settings.max_chunks_per_task));
  end if;
end
$$;
comment on function oblivion.require_chunk_count(numeric, oblivion.settings) is
  'OB014 for more chunks than a task may have. For the engine alone.';

create function oblivion.input_parts(p_task jsonb, p_settings oblivion.settings)
returns jsonb[]
language plpgsql
set search_path = ''
as $$
declare
  v_list jsonb := p_task -> 'inputs';
begin
  if (p_task ? 'inputs') = (p_task ? 'range') then
    perform oblivion.raise_error('OB005', 'A task has either inputs or a range.', 'Send a list, or {start, end, step}.',
      jsonb_build_object('field', 'inputs', 'reason', 'either'));
  end if;
  if p_task ? 'range' then
    return oblivion.range_parts(p_task -> 'range', p_settings);
  end if;
  if jsonb_typeof(v_list) = 'object' then
    select coalesce(jsonb_agg(i), '[]') into v_list from oblivion.text_inputs(v_list) i;
  end if;
  return oblivion.list_parts(v_list, p_settings);
end
$$;
comment on function oblivion.input_parts(jsonb, oblivion.settings) is
  'All inputs of a task, checked, in parts that one tick of planning takes: lists of inputs, or ranges. OB005, OB014. For the engine alone.';

create function oblivion.part_size(p_part jsonb)
returns int
language sql
immutable strict parallel safe
set search_path = ''
as $$
  select case jsonb_typeof(p_part)
    when 'array' then jsonb_array_length(p_part)
    else ceil(((p_part ->> 'end')::numeric - (p_part ->> 'start')::numeric) / (p_part ->> 'step')::numeric) end::int
$$;
comment on function oblivion.part_size(jsonb) is 'How many chunks a part makes. For the engine alone.';

create function oblivion.part_inputs(p_part jsonb)
returns table (place bigint, input jsonb)
language plpgsql
immutable strict
set search_path = ''
as $$
begin
  if jsonb_typeof(p_part) = 'array' then
    return query select e.place - 1, e.value from jsonb_array_elements(p_part) with ordinality as e (value, place);
  else
    return query
      select g.place - 1,
             jsonb_build_object('start', g.start, 'end',
               least(g.start + (p_part ->> 'step')::bigint, (p_part ->> 'end')::bigint))
        from generate_series((p_part ->> 'start')::bigint, (p_part ->> 'end')::bigint - 1, (p_part ->> 'step')::bigint)
               with ordinality as g (start, place);
  end if;
end
$$;
comment on function oblivion.part_inputs(jsonb) is 'The inputs of a part with their places, from 0. For the engine alone.';

create function oblivion.program_key(p_program jsonb)
returns text
language sql
immutable strict parallel safe
set search_path = ''
as $$
  select case when p_program ->> 'kind' = 'builtin' then p_program ->> 'name' else 'sha256:' || (p_program ->> 'hash') end
$$;
comment on function oblivion.program_key(jsonb) is
  'What names a program in an allow-list: a built-in by its name, any other by its hash. For the engine alone.';
