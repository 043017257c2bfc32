import { spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * A network of its own, whose only way out is a cable into nothing: what is sent there is counted by the kernel. And a
 * file system in which only `$1` can be written. RFC 5737 and RFC 3849 addresses, which belong to nobody.
 */
const enter = `
set -e
ip link set lo up
ip link add out0 type veth peer name out1
for end in out0 out1; do ip link set $end addrgenmode none; ip link set $end up; done
ip address add 198.51.100.2/24 dev out0
ip neighbour add 198.51.100.1 lladdr 02:00:00:00:00:01 dev out0
ip route add default via 198.51.100.1
if ip -6 address add 2001:db8::2/64 dev out0 nodad 2>/dev/null; then
  ip neighbour add 2001:db8::1 lladdr 02:00:00:00:00:01 dev out0
  ip -6 route add default via 2001:db8::1
fi
mount --make-rprivate /
mount --bind "$1" "$1"
mount -o remount,bind,ro /
if [ -d /dev/shm ]; then mount -o remount,bind,ro /dev/shm; fi
cd "$1"
shift
exec "$@"
`;

const ways = [
  ['unshare', '--net', '--mount'],
  ['unshare', '--user', '--map-root-user', '--net', '--mount'],
];

/** The command that runs what follows it enclosed, with `folder` to write in; null where this system grants none. */
export function enclosureFor(folder: string): string[] | null {
  for (const way of ways) {
    const command = [...way, 'sh', '-c', enter, 'sh', folder];
    if (spawnSync('env', [...command, 'true'], { stdio: 'ignore' }).status === 0) return command;
  }
  return null;
}

/** Runs a command to its end, Ctrl-C included: that reaches it from the terminal. Resolves to its exit code. */
export async function runToItsEnd(command: string[], env: NodeJS.ProcessEnv): Promise<number> {
  const [program = '', ...args] = command;
  const child = spawn(program, args, { env, stdio: 'inherit' });
  const pass = (signal: NodeJS.Signals) => void child.kill(signal);
  process
    .on('SIGTERM', pass)
    .on('SIGHUP', pass)
    .on('SIGINT', () => {});
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}

/** How many packets went towards other machines. Only inside the enclosure. */
export function packetsOut(): number {
  const line = readFileSync('/proc/net/dev', 'utf8')
    .split('\n')
    .find((text) => text.trim().startsWith('out0:'));
  const sent = line?.split(':')[1]?.trim().split(/\s+/)[9];
  if (sent === undefined) throw new Error('the counted network device is not there');
  return Number(sent);
}

/** The measurement can fail: a packet of our own is counted, a file of our own is refused. Returns what does not hold. */
export async function faultsOfEnclosure(): Promise<string[]> {
  const before = packetsOut();
  const socket = createSocket('udp4');
  await new Promise((resolve) => socket.send('counted?', 9, '192.0.2.1', resolve));
  socket.close();
  const faults = packetsOut() > before ? [] : ['a packet that we sent ourselves was not counted'];
  for (const folder of [homedir(), '/tmp', '/var/tmp', '/dev/shm']) {
    try {
      writeFileSync(join(folder, `verbatim-abuse-${process.pid}`), '', { flag: 'wx' });
      faults.push(`${folder} can be written`);
    } catch (error) {
      if (!isReadOnly(error)) faults.push(`${folder}: ${String(error)}`);
    }
  }
  return faults;
}

/** A folder that is not there can't be written either. */
function isReadOnly(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  return ['EROFS', 'EACCES', 'ENOENT'].includes(String(code));
}
