-- Canonical bytes. jsonb keeps neither the order of keys nor the spelling of numbers, so a result is canonicalised here
-- by RFC 8785 and hashed here: the server believes no hash that it did not compute (T13). A property test holds these
-- functions equal to the JavaScript library.

create function oblivion.canonical_number(p_value numeric)
returns text
language plpgsql
immutable strict parallel safe
set search_path = ''
set extra_float_digits = 1
as $$
declare
  -- float8 prints digits that read back as the same number, mostly the fewest; the layout differs from ECMAScript's.
  v_double float8;
  v_text text;
  v_sign text := case when p_value < 0 then '-' else '' end;
  v_mantissa text;
  v_whole text;
  v_digits text;
  v_point int;
  v_count int;
  v_shorter text;
begin
  v_double := abs(p_value::float8);
  v_text := v_double::text;
  v_mantissa := split_part(v_text, 'e', 1);
  v_whole := split_part(v_mantissa, '.', 1);
  v_digits := v_whole || split_part(v_mantissa, '.', 2);
  v_point := length(v_whole) + coalesce(nullif(split_part(v_text, 'e', 2), '')::int, 0)
    - (length(v_digits) - length(ltrim(v_digits, '0')));
  v_digits := rtrim(ltrim(v_digits, '0'), '0');
  -- Postgres passes over a decimal that lies exactly on the border between two doubles, ECMAScript takes it where it
  -- reads back as the right one: 1e+23 and 5.51e+21 are printed here with 16 digits. A short decimal can lie on a border
  -- only where 5^n fits into 54 bits, which is below 1e40; there the nearest with 15 and with 16 digits is tried.
  if length(v_digits) > 15 and v_point between 17 and 40 then
    foreach v_shorter in array array[
      round(v_digits::numeric, 15 - length(v_digits))::text,
      round(v_digits::numeric, 16 - length(v_digits))::text] loop
      if (v_shorter || 'e' || (v_point - length(v_digits)))::float8 = v_double then
        v_point := v_point + length(v_shorter) - length(v_digits);
        v_digits := rtrim(v_shorter, '0');
        exit;
      end if;
    end loop;
  end if;
  v_count := length(v_digits);
  return case
    when v_count = 0 then '0'
    when v_count <= v_point and v_point <= 21 then v_sign || v_digits || repeat('0', v_point - v_count)
    when 0 < v_point and v_point <= 21 then v_sign || left(v_digits, v_point) || '.' || substr(v_digits, v_point + 1)
    when -6 < v_point and v_point <= 0 then v_sign || '0.' || repeat('0', -v_point) || v_digits
    else v_sign || left(v_digits, 1)
      || case when v_count > 1 then '.' || substr(v_digits, 2) else '' end
      || 'e' || case when v_point > 0 then '+' else '-' end || abs(v_point - 1)
  end;
exception
  when numeric_value_out_of_range then
    -- float8 refuses what is too small as well; in ECMAScript that is zero.
    if abs(p_value) < 1 then
      return '0';
    end if;
    perform oblivion.raise_error('OB005', 'A number is too large for a double.', 'Send it as a string.',
      jsonb_build_object('field', 'result', 'reason', 'number_out_of_range'));
end
$$;
comment on function oblivion.canonical_number(numeric) is 'A number as RFC 8785 (ECMAScript) spells it.';

create function oblivion.utf16_sort_key(p_key text)
returns text
language sql
immutable strict parallel safe
set search_path = ''
as $$
  -- RFC 8785 orders keys by UTF-16 units, where U+10000 and above (surrogates D800 to DFFF) come before U+E000 to
  -- U+FFFF. Code points order them the other way round, so those are lifted behind U+10FFFF.
  select regexp_replace(
    replace(p_key, U&'\+10FFFF', U&'\+10FFFF\0001'),
    U&'([\E000-\FFFF])', U&'\+10FFFF\\1', 'g')
$$;
comment on function oblivion.utf16_sort_key(text) is 'Orders under collate "C" as the UTF-16 units of the text do.';

create function oblivion.canonical_scalar(p_value jsonb)
returns text
language sql
immutable parallel safe
return case jsonb_typeof(p_value)
  when 'string' then p_value::text
  when 'boolean' then p_value::text
  when 'null' then p_value::text
  -- A whole number below 2^53 is spelled as it is.
  when 'number' then case when p_value::text ~ '^-?[0-9]{1,15}$' then p_value::text end end;
comment on function oblivion.canonical_scalar(jsonb) is
  'The canonical text of a value that is spelled as jsonb spells it, or null. One expression, which is inlined: a call costs more than the rest of such a value.';

create function oblivion.canonical_json(p_value jsonb, p_depth int default 1)
returns text
language plpgsql
immutable strict parallel safe
set search_path = ''
as $$
begin
  -- Each level takes some of the server's stack; a bound of our own says so in words.
  if p_depth > 65 or p_depth = 65 and jsonb_typeof(p_value) in ('object', 'array') and p_value not in ('{}', '[]') then
    perform oblivion.raise_error('OB005', 'A value is nested deeper than 64 levels.', 'Make it flatter.',
      jsonb_build_object('field', 'result', 'reason', 'depth', 'limit', 64));
  end if;
  case jsonb_typeof(p_value)
    when 'object' then
      -- One plain field, as many results are: jsonb's text but for a space. An expression needs no query, which costs
      -- a tenth of all that ends a job. Bounded, for each level spells itself out.
      if pg_column_size(p_value) <= 1000
        and p_value::text ~ '^{"[0-9A-Za-z_]*": ("[^"\\]*"|-?[0-9]{1,15}|true|false|null)}$' then
        return regexp_replace(p_value::text, '": ', '":');
      end if;
      return '{' || coalesce((
        select string_agg(to_json(e.key)::text || ':'
                   || coalesce(oblivion.canonical_scalar(e.value), oblivion.canonical_json(e.value, p_depth + 1)), ','
                 -- An ASCII key is its own sort key.
                 order by case when octet_length(e.key) = length(e.key) then e.key
                   else oblivion.utf16_sort_key(e.key) end collate "C")
          from jsonb_each(p_value) e), '') || '}';
    when 'array' then
      return '[' || coalesce((
        select string_agg(coalesce(oblivion.canonical_scalar(e.value), oblivion.canonical_json(e.value, p_depth + 1)), ','
                 order by e.ordinality)
          from jsonb_array_elements(p_value) with ordinality e), '') || ']';
    else
      return coalesce(oblivion.canonical_scalar(p_value), oblivion.canonical_number((p_value #>> '{}')::numeric));
  end case;
end
$$;
comment on function oblivion.canonical_json(jsonb, int) is
  'The canonical text of a JSON value by RFC 8785; at most 64 levels deep. OB005. p_depth is for its own recursion.';

create function oblivion.content_hash(p_canonical text)
returns text
language sql
immutable strict parallel safe
set search_path = ''
as $$
  select encode(sha256(convert_to(p_canonical, 'UTF8')), 'hex')
$$;
comment on function oblivion.content_hash(text) is 'SHA-256 of the UTF-8 bytes, as 64 hex digits.';
