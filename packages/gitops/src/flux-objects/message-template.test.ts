import { expect, test } from '@jest/globals';
import { translateTemplate } from './message-template.ts';

test.each([
  ['the lab’s', '{{range .Updated.Images}}{{println .}}{{end}}', '{{range .Changed.Changes}}{{println .NewValue}}{{end}}'],
  [
    'with text and trim marks',
    'a\n{{ range .Updated.Images -}}\n- {{.}}\n{{ end -}}\n',
    'a\n{{ range .Changed.Changes -}}\n- {{.NewValue}}\n{{ end -}}\n',
  ],
  [
    'with a variable',
    '{{range $i, $x := .Updated.Images}}{{$i}} {{ $x }}{{end}}',
    '{{range $i, $x := .Changed.Changes}}{{$i}} {{ $x.NewValue }}{{end}}',
  ],
  [
    'of files',
    '{{ range $file, $_ := .Updated.Files -}}\n- {{ $file }}\n{{ end -}}',
    '{{ range $file, $_ := .Changed.FileChanges -}}\n- {{ $file }}\n{{ end -}}',
  ],
  [
    'of objects',
    '{{ range $r, $_ := .Updated.Objects }}{{ $r.Kind }} {{ $r.Name }}{{ end }}',
    '{{ range $r, $_ := .Changed.Objects }}{{ $r.Kind }} {{ $r.Name }}{{ end }}',
  ],
  [
    'beside other data',
    '{{ .AutomationObject }}: {{range .Updated.Images}}{{println .}}{{end}}{{ .Values.x }}',
    '{{ .AutomationObject }}: {{range .Changed.Changes}}{{println .NewValue}}{{end}}{{ .Values.x }}',
  ],
  [
    'of today',
    '{{range .Changed.Changes}}{{println .NewValue}}{{end}}',
    '{{range .Changed.Changes}}{{println .NewValue}}{{end}}',
  ],
])('a template %s is translated', (_, old, next) => {
  expect(translateTemplate(old)).toBe(next);
});

test.each([
  ['parts of an image', '{{range .Updated.Images}}{{.Repository}}{{end}}'],
  ['a pipeline', '{{range .Updated.Images}}{{. | printf "%s"}}{{end}}'],
  ['the images of a file', '{{range $f, $c := .Updated.Files}}{{range $o, $i := $c.Objects}}{{$o}}{{end}}{{end}}'],
  ['the length', '{{len .Updated.Images}}'],
  ['the data as a whole', '{{ .Updated }}'],
  ['a condition on an image', '{{range .Updated.Images}}{{if .}}x{{end}}{{end}}'],
])('a template that uses %s is not', (_, old) => {
  expect(translateTemplate(old)).toBeUndefined();
});
