import { execa } from 'execa';
import type { Source } from './source.ts';

export type ToolImage = NonNullable<Extract<Source, { kind: 'go' }>['image']>;

export interface ImageCopy {
  readonly image: ToolImage;
  /** Of the container that is made to copy from; one that a killed run left is replaced. */
  readonly container: string;
  /** Where the files go. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

const patience = { answer: 2_000, pull: 180_000, removal: 10_000 };

/** Whether images can be had through Docker for this machine: a daemon answers within 2 s. */
export async function dockerAnswers(signal: AbortSignal): Promise<boolean> {
  if (process.platform !== 'linux' || imagePlatform === undefined) return false;
  const options = { cancelSignal: signal, stdin: 'ignore', reject: false, timeout: patience.answer } as const;
  const { failed, stdout } = await execa('docker', ['info', '--format={{.ServerVersion}}'], options);
  signal.throwIfAborted();
  // An older docker ends well without a daemon too, and then names no version.
  return !failed && /^\d/.test(stdout);
}

/** Copies files out of an image, which is pulled where it is not there: nothing of it is run, and only the image stays behind. */
export async function copyFromImage({ image, container, folder, signal }: ImageCopy): Promise<void> {
  const options = { cancelSignal: signal, stdin: 'ignore', all: true } as const;
  await removeContainer(container);
  try {
    await execa('docker', createArgs({ image, container }), { ...options, timeout: patience.pull });
    for (const file of image.files) {
      // Killed with this process, so that it does not write into a folder that another has taken over.
      const copy = ['docker', 'cp', `${container}:${file}`, folder];
      await execa('setpriv', ['--pdeathsig', 'KILL', '--', ...copy], options);
    }
  } finally {
    await removeContainer(container);
  }
}

const platforms: Readonly<Record<string, string>> = { x64: 'linux/amd64', arm64: 'linux/arm64' };
const imagePlatform = platforms[process.arch];

/** The last word is the command of a container that is never started: an image without one of its own demands it. */
function createArgs({ image, container }: Pick<ImageCopy, 'image' | 'container'>): string[] {
  return ['create', `--name=${container}`, `--platform=${imagePlatform}`, image.reference, 'none'];
}

/** With the volumes that the image declares. */
async function removeContainer(container: string): Promise<void> {
  const options = { stdin: 'ignore', reject: false, timeout: patience.removal } as const;
  await execa('docker', ['rm', '--force', '--volumes', container], options);
}
