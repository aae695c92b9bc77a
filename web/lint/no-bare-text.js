/**
 * Text that people read stands in the translation files and nowhere else (ADMIN-60, I18N-07). Fails on letters between
 * tags, in attributes that are shown or spoken, and in what toasts and dialogs are given.
 */

/** Attributes and members whose text reaches a person. */
const shown = new Set([
  'alt',
  'aria-description',
  'aria-label',
  'aria-roledescription',
  'aria-valuetext',
  'confirm',
  'description',
  'emptyText',
  'error',
  'headline',
  'hint',
  'label',
  'lead',
  'message',
  'nothingFoundMessage',
  'placeholder',
  'suffix',
  'summary',
  'title',
]);
/** Names are no texts: they are the same in every language. */
const names = ['Courtside', 'Google', 'Apple', 'Facebook', 'Stripe', 'CSV', 'PDF', 'EN', 'ΕΛ', 'IBAN'];
const letters = /\p{L}{2,}/u;

function isText(value) {
  return (
    typeof value === 'string' && letters.test(names.reduce((rest, name) => rest.replaceAll(name, ''), value))
  );
}

/** The string that an expression surely or possibly gives: literals, templates, both sides of a choice. */
function textsOf(node) {
  switch (node?.type) {
    case 'Literal':
      return isText(node.value) ? [node] : [];
    case 'TemplateLiteral':
      return node.quasis.filter((part) => isText(part.value.cooked));
    case 'ConditionalExpression':
      return [...textsOf(node.consequent), ...textsOf(node.alternate)];
    case 'LogicalExpression':
      return [...textsOf(node.left), ...textsOf(node.right)];
    case 'JSXExpressionContainer':
      return textsOf(node.expression);
    default:
      return [];
  }
}

/** Whether an object is handed to something that shows it: `notifications.show({ title: … })`. */
function isForToast(property) {
  const call = property.parent?.parent;
  return (
    call?.type === 'CallExpression' &&
    call.arguments.includes(property.parent) &&
    call.callee.type === 'MemberExpression' &&
    call.callee.object.name === 'notifications'
  );
}

export const noBareText = {
  meta: {
    type: 'problem',
    messages: { bare: 'Text for people belongs into the translation files: "{{text}}"' },
    schema: [],
  },
  create(context) {
    const report = (node) => {
      const text = String(node.value?.cooked ?? node.value ?? '').trim();
      context.report({ node, messageId: 'bare', data: { text: text.slice(0, 60) } });
    };
    return {
      JSXText(node) {
        if (isText(node.value)) report(node);
      },
      JSXAttribute(node) {
        if (shown.has(node.name.name)) textsOf(node.value).forEach(report);
      },
      JSXExpressionContainer(node) {
        if (node.parent.type === 'JSXElement' || node.parent.type === 'JSXFragment') {
          textsOf(node.expression).forEach(report);
        }
      },
      Property(node) {
        if (isForToast(node) && shown.has(node.key.name)) textsOf(node.value).forEach(report);
      },
      CallExpression(node) {
        if (/^toast(Done|Problem)$/.test(node.callee.name ?? '')) {
          node.arguments.forEach((argument) => textsOf(argument).forEach(report));
        }
      },
    };
  },
};
