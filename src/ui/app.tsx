// The frame that ink lays out: a line above, one or two below, and dialogs in the middle of the room
// between. Where it is blank our own lines show (terminal/screen.ts): title, page and status change
// with every key, and a render of ink costs more than all the rest (5 to 15 ms on Node 20).

import { Box, type Instance, render, Text } from 'ink';
import type { ReactElement } from 'react';
import type { Screen } from './terminal/screen.js';

/** All texts painted already, no wider than they shall be. */
export interface Frame {
  readonly columns: number;
  readonly rows: number;
  /** Lines below the room for dialogs. */
  readonly below: number;
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
  const { columns, rows, below, dialog } = frame;
  return (
    <Box flexDirection="column" width={columns} height={rows}>
      <Box height={1} flexShrink={0} />
      <Box flexGrow={1} justifyContent="center" alignItems="center">
        {dialog === undefined ? null : <Dialog title={dialog.title} lines={dialog.lines} />}
      </Box>
      <Box height={below} flexShrink={0} />
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
