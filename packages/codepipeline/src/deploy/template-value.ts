import { z } from 'zod';

const object = z.record(z.string(), z.unknown());
const join = z.tuple([z.string(), z.array(z.unknown())]);
const attribute = z.union([z.tuple([z.string(), z.string()]).transform(parts => parts.join('.')), z.string()]);

/** A value of a template as people read it: `arn:${AWS::Partition}:s3:::shop`, `${ImageRepository.Arn}`. What else there is stays JSON. */
export function formatTemplateValue(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return value.map(formatTemplateValue).join(', ');
  const [[name, argument] = ['', undefined], ...more] = Object.entries(object.safeParse(value).data ?? {});
  return (more.length > 0 ? undefined : intrinsic(name, argument)) ?? JSON.stringify(value) ?? '';
}

function intrinsic(name: string, argument: unknown): string | undefined {
  switch (name) {
    case 'Ref':
      return typeof argument === 'string' ? `\${${argument}}` : undefined;
    case 'Fn::GetAtt': {
      const path = attribute.safeParse(argument).data;
      return path === undefined ? undefined : `\${${path}}`;
    }
    case 'Fn::Sub':
      return typeof argument === 'string' ? argument : undefined;
    case 'Fn::Join': {
      const parts = join.safeParse(argument).data;
      return parts?.[1].map(formatTemplateValue).join(parts[0]);
    }
    default:
      return undefined;
  }
}
