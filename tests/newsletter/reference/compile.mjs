// Compiles the MJML of standard input with the reference compiler, strictly: prints the HTML, or
// one JSON list of { line, message } on standard error and exits 1. Reads no file, asks no network.
import { text } from "node:stream/consumers";
import mjml2html from "mjml";

const source = await text(process.stdin);
try {
  const { html } = await mjml2html(source, {
    validationLevel: "strict",
    keepComments: true,
    fonts: {},
    ignoreIncludes: true,
  });
  process.stdout.write(html);
} catch (error) {
  const found = error.errors ?? [{ line: 0, message: error.message }];
  process.stderr.write(JSON.stringify(found.map(({ line, message }) => ({ line, message }))));
  process.exitCode = 1;
}
