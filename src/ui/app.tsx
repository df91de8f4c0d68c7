// The frame that ink lays out: title above, status below, the room between left to the page (which
// shows wherever the frame is blank, see terminal/screen.ts), and a dialog in its middle.

import { Box, type Instance, render, Text } from 'ink';
import type { ReactElement } from 'react';
import type { Screen } from './terminal/screen.js';

/** All texts painted already, exactly as wide as they shall be. */
export interface Frame {
  readonly columns: number;
  readonly rows: number;
  readonly title: string;
  readonly replay: string | undefined;
  readonly status: string;
  readonly dialog: { readonly title: string; readonly lines: readonly string[] } | undefined;
}

export class App {
  readonly #screen: Screen;
  #ink: Instance | undefined;

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  /** ink in debug mode hands over whole frames at once, and leaves the terminal alone. */
  draw(frame: Frame): void {
    const root = <Root frame={frame} />;
    if (this.#ink !== undefined) {
      this.#ink.rerender(root);
      return;
    }
    this.#ink = render(root, {
      stdout: this.#screen as unknown as NodeJS.WriteStream,
      debug: true,
      patchConsole: false,
      exitOnCtrlC: false,
    });
  }

  close(): void {
    this.#ink?.unmount();
  }
}

function Root({ frame }: { readonly frame: Frame }): ReactElement {
  const { columns, rows, title, replay, status, dialog } = frame;
  return (
    <Box flexDirection="column" width={columns} height={rows}>
      <Text wrap="truncate">{title}</Text>
      <Box flexGrow={1} justifyContent="center" alignItems="center">
        {dialog === undefined ? null : <Dialog title={dialog.title} lines={dialog.lines} />}
      </Box>
      {replay === undefined ? null : <Text wrap="truncate">{replay}</Text>}
      <Text wrap="truncate">{status}</Text>
    </Box>
  );
}

function Dialog(props: {
  readonly title: string;
  readonly lines: readonly string[];
}): ReactElement {
  return (
    <Box flexDirection="column" borderStyle="round" paddingX={1} flexShrink={0}>
      <Text wrap="truncate">{props.title}</Text>
      {props.lines.map((line, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no names, their place is their key
        <Text key={i} wrap="truncate">
          {line === '' ? ' ' : line}
        </Text>
      ))}
    </Box>
  );
}
