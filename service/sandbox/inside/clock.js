/* The virtual clock of Node: real time plus the waits that were skipped. Node's own timers do all the work; when nothing
   but they can happen next, they are put forward to the earliest one, and the clock is put forward with them.

   Loaded before the program (--require). The environment says where to tell of the clock, and how much may be skipped.
   Where this Node's timers are not as they are known here, nothing is done, and the clock is the real one. */

'use strict';

const fs = require('node:fs');

const SETTING = 'ASKMD_CLOCK';
const LIMIT_EXIT_CODE = 111;
const VIRTUAL = 1, OVER_LIMIT = 2;
const LOOK_AGAIN_MS = 2;
// The loop wakes for a timer when its millisecond is over.
const WAKE_MS = 1;
// They say nothing of what may happen next, or are looked at below.
const IGNORED = new Set(['Timeout', 'Immediate', 'TTYWrap', 'SignalWrap', 'PipeWrap']);
// What they do goes on unseen: a program that loads one of them has real time from then on.
const UNSEEN = ['child_process', 'worker_threads', 'crypto', 'internal/crypto/webcrypto', 'zlib'];

const { bigint } = process.hrtime;
const origin = { now: performance.now(), at: bigint() };
const real = {
  setImmediate, setTimeout,
  now: () => origin.now + Number(bigint() - origin.at) / 1e6, // not performance.now: it may ask process.hrtime
  date: Date, dateNow: Date.now,
  hrtime: process.hrtime,
  uptime: process.uptime.bind(process),
  write: fs.writeSync, exit: process.reallyExit.bind(process),
  resources: process.getActiveResourcesInfo?.bind(process), handles: process._getActiveHandles?.bind(process),
};

let skippedMs = 0;
const timers = new Set();
const placed = new WeakMap(); // timer → milliseconds that were left to it when it was put forward
let isLooking = false, isOwn = false, probe, report, limitMs, startMs;

function own(delayMs, callback) {
  isOwn = true;
  try { return real.setTimeout(callback, delayMs).unref(); } finally { isOwn = false; }
}

function loopNow() {
  return probe.refresh()._idleStart;
}

function dueOf(timer) {
  return timer._idleStart + (Number.isInteger(timer._idleStart) ? Math.trunc(timer._idleTimeout) : placed.get(timer));
}

/* Put a timer where it has `leftMs` to go; its own length is that of its next turn. Node starts timers at a whole
   millisecond: so one that the program has started anew since can be told from one that stands where it was put. */
function putForward(timer, leftMs) {
  const length = timer._idleTimeout;
  timer._idleTimeout = leftMs;
  timer.refresh();
  timer._idleStart -= 0.25;
  timer._idleTimeout = length;
  placed.set(timer, leftMs);
}

function waitingTimers() {
  for (const timer of timers) if (timer._destroyed || timer._idleTimeout < 0) timers.delete(timer);
  return [...timers]
    .map((timer) => ({ timer, due: dueOf(timer), start: timer._idleStart }))
    .sort((one, other) => one.due - other.due || one.start - other.start);
}

function skip(ms, waiting, now) {
  if (skippedMs + ms > limitMs) {
    tell(OVER_LIMIT, limitMs, limitMs);
    real.exit(LIMIT_EXIT_CODE);
  }
  skippedMs += ms;
  for (const { timer, due } of waiting) putForward(timer, Math.max(due - now - ms, 0));
  tell(VIRTUAL, skippedMs, real.now() + skippedMs - startMs);
}

function tell(state, skipped, passed) {
  const line = Buffer.alloc(17);
  line.writeBigUInt64LE(BigInt(Math.round(skipped * 1e6)), 0);
  line.writeBigUInt64LE(BigInt(Math.round(passed * 1e6)), 8);
  line.writeUInt8(state, 16);
  try { real.write(report, line, 0, line.length, 0); } catch { /* the program has closed it: a label is missing */ }
}

/* Is there anything that may happen before the next timer? */
function isBusy() {
  return real.resources().some((kind) => !IGNORED.has(kind))
    || real.handles().some((handle) => !(handle.fd <= 2) && handle.constructor?.name === 'Socket');
}

function isUnseen() {
  return UNSEEN.some((name) => process.moduleLoadList.includes(`NativeModule ${name}`));
}

function look() {
  isLooking = false;
  if (isUnseen()) return;
  const waiting = waitingTimers();
  if (!waiting.some(({ timer }) => timer.hasRef())) return;
  if (real.resources().includes('Immediate')) return lookSoon();
  if (isBusy()) {
    isLooking = true;
    own(LOOK_AGAIN_MS, look);
    return;
  }
  const now = loopNow();
  if (waiting[0].due > now) skip(waiting[0].due - now + WAKE_MS, waiting, now);
  lookSoon();
}

function lookSoon() {
  if (isLooking) return;
  isLooking = true;
  real.setImmediate(look);
}

/* Every timer sets `_destroyed` when it is made; what it inherits is asked first. Async hooks would tell of timers too, but
   they mark promises, and that is seen when one is printed. */
function watchTimers() {
  const kind = Object.getPrototypeOf(own(1, () => {}).close());
  Object.defineProperty(kind, '_destroyed', {
    configurable: true,
    get: undefined,
    set(value) {
      Object.defineProperty(this, '_destroyed', { value, writable: true, enumerable: true, configurable: true });
      if (isOwn) return;
      timers.add(this);
      lookSoon();
    },
  });
  return kind;
}

function replaceClocks() {
  const now = () => Math.round(real.dateNow() + skippedMs);
  Object.defineProperty(Date, 'now', { value: { now() { return now(); } }.now, writable: true, configurable: true });
  globalThis.Date = new Proxy(Date, {
    construct(target, args, newTarget) {
      return Reflect.construct(target, args.length ? args : [now()], newTarget === globalThis.Date ? target : newTarget);
    },
    apply(target) { return new target(now()).toString(); },
  });
  Date.prototype.constructor = Date;
  replace(performance, 'now', () => real.now() + skippedMs);
  const aheadNs = () => BigInt(Math.round(skippedMs * 1e6));
  const hrtime = (before) => {
    const [seconds, nanoseconds] = real.hrtime(before);
    const total = BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds) + aheadNs();
    return [Number(total / 1_000_000_000n), Number(total % 1_000_000_000n)];
  };
  hrtime.bigint = () => bigint() + aheadNs();
  replace(process, 'hrtime', hrtime);
  replace(process, 'uptime', () => real.uptime() + skippedMs / 1000);
  replaceMeasures();
}

/* Marks and measures take the real time where none is given. */
function replaceMeasures() {
  const { mark, measure } = performance;
  replace(performance, 'mark', function (name, options) {
    return mark.call(this, name, { startTime: performance.now(), ...options });
  });
  replace(performance, 'measure', function (name, from, ...to) {
    const options = from !== null && typeof from === 'object' ? from : from === undefined ? {} : { start: from };
    const isOpen = to[0] === undefined && options.end === undefined && options.duration === undefined;
    return measure.call(this, name, ...isOpen ? [{ ...options, end: performance.now() }] : [from, ...to]);
  });
}

/* Replace a function where it stands: at the object itself or at what it inherits from. */
function replace(object, name, value) {
  while (object && !Object.hasOwn(object, name)) object = Object.getPrototypeOf(object);
  Object.defineProperty(value, 'name', { value: name });
  Object.defineProperty(object, name, { ...Object.getOwnPropertyDescriptor(object, name), value });
}

/* Atomics.wait is how a program sleeps without a callback; without a worker, nobody can wake it. */
function replaceAtomicsWait() {
  const wait = Atomics.wait;
  replace(Atomics, 'wait', (array, index, value, timeout) => {
    if (!(timeout > 0 && timeout < Infinity) || isUnseen()) return wait(array, index, value, timeout);
    const found = wait(array, index, value, 0);
    if (found === 'timed-out') skip(timeout, waitingTimers(), loopNow());
    return found;
  });
}

function timersAreKnown() {
  const timer = own(1000, () => {});
  const { _idleStart: start, _idleTimeout: length } = timer;
  clearTimeout(timer);
  return Number.isInteger(start) && length === 1000 && timer._destroyed === true && timer._idleTimeout === -1
    && typeof timer.refresh === 'function' && timers.has(real.setTimeout(() => {}, 1).close())
    && real.resources && real.handles && Array.isArray(process.moduleLoadList);
}

function begin(setting) {
  [report, limitMs] = setting.split(' ').map(Number);
  // Some Nodes load `crypto` for themselves, so that nobody can tell whether the program does.
  if (isUnseen() && /crypto|zlib|child_process|worker_threads/.test(fs.readFileSync(process.argv[1], 'utf8'))) return;
  UNSEEN.splice(0, Infinity, ...UNSEEN.filter((name) => !process.moduleLoadList.includes(`NativeModule ${name}`)));
  const kind = watchTimers();
  if (!timersAreKnown()) {
    delete kind._destroyed;
    return;
  }
  limitMs *= 1000;
  probe = own(2 ** 30, () => {});
  replaceClocks();
  replaceAtomicsWait();
  startMs = real.now();
  tell(VIRTUAL, 0, 0);
}

process.execArgv.splice(process.execArgv.indexOf(__filename) - 1, 2); // a child process is not to load this too
const setting = process.env[SETTING];
delete process.env[SETTING];
if (setting) begin(setting);
