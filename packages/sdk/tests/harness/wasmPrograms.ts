import createWabt from 'wabt'

/** Copies its input back, and reports progress and a random number on the way. */
const echo = (memory: string): string => `(module
  (import "oblivion" "progress" (func $progress (param f64)))
  (import "oblivion" "random" (func $random (result f64)))
  ${memory}
  (global $top (mut i32) (i32.const 1024))
  (func (export "alloc") (param $length i32) (result i32)
    (local $at i32)
    (local.set $at (global.get $top))
    (global.set $top (i32.add (global.get $top) (local.get $length)))
    (local.get $at))
  (func (export "run") (param $at i32) (param $length i32) (result i64)
    (call $progress (f64.const 0.5))
    (drop (call $random))
    (i64.or
      (i64.shl (i64.extend_i32_u (local.get $at)) (i64.const 32))
      (i64.extend_i32_u (local.get $length)))))`

/** Grows its memory until it is refused, and tells by how many pages it could. */
const greedy = `(module
  (import "env" "memory" (memory 1))
  (func (export "alloc") (param i32) (result i32) (i32.const 0))
  (func (export "run") (param i32) (param i32) (result i64)
    (local $grown i32)
    (block $out
      (loop $more
        (br_if $out (i32.eq (memory.grow (i32.const 1)) (i32.const -1)))
        (local.set $grown (i32.add (local.get $grown) (i32.const 1)))
        (br $more)))
    ;; Two digits are enough: at most 63 pages.
    (i32.store8 (i32.const 0) (i32.add (i32.const 48) (i32.div_u (local.get $grown) (i32.const 10))))
    (i32.store8 (i32.const 1) (i32.add (i32.const 48) (i32.rem_u (local.get $grown) (i32.const 10))))
    (i64.const 2)))`

const texts = {
  echo: echo('(import "env" "memory" (memory 1 64))'),
  ownMemory: echo('(memory (export "memory") 1 32)'),
  unbounded: echo('(memory (export "memory") 1)'),
  tooLarge: echo('(import "env" "memory" (memory 4096))'),
  network: '(module (import "env" "fetch" (func)) (memory (export "memory") 1 1))',
  greedy,
}

/** WebAssembly modules of each text, for programs of tests. */
export const makeWasm = async (): Promise<Record<keyof typeof texts, Uint8Array>> => {
  const wabt = await createWabt()
  const made = Object.entries(texts).map(([name, text]) => {
    const module = wabt.parseWat(`${name}.wat`, text)
    const { buffer } = module.toBinary({})
    module.destroy()
    return [name, buffer]
  })
  return Object.fromEntries(made)
}
