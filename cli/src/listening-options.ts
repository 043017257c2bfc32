import { isLanguageCode, TranscriptionOptions } from '@verbatim/domain';
import { type Command, InvalidArgumentError, Option } from 'commander';

/** How recordings shall be heard; the server chooses what is left out. */
export type ListeningOptions = {
  [name in keyof TranscriptionOptions]?: NonNullable<TranscriptionOptions[name]> | undefined;
};

const { task, quality, channels } = TranscriptionOptions.shape;

/** Those that make sense of recordings whose text is known. */
export function withLanguageAndQuality(command: Command): Command {
  return command
    .option('--language <code>', 'what is spoken (default: found by listening)', languageCode)
    .addOption(new Option('--quality <profile>', 'quicker or better').choices(quality.options));
}

export function withListening(command: Command): Command {
  return withLanguageAndQuality(command)
    .addOption(new Option('--task <task>', 'translate: into English').choices(task.options))
    .option('--prompt <text>', 'a sentence as it could come before, with names and style to expect')
    .option('--keywords <list>', 'names and terms to expect, with commas', (text) =>
      text.split(',').map((word) => word.trim()),
    )
    .addOption(
      new Option('--channels <how>', 'separate: each stereo channel is a speaker').choices(channels.options),
    );
}

/** Picked from all options of a command. */
export function listeningOf(options: ListeningOptions): ListeningOptions {
  const { language, task, quality, prompt, keywords, channels } = options;
  return { language, task, quality, prompt, keywords, channels };
}

function languageCode(text: string): string {
  if (isLanguageCode(text)) return text;
  throw new InvalidArgumentError("It must be one of Whisper's codes, like en or es.");
}
