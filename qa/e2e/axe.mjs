/** What axe finds on a page as it stands: contrast, names, roles, structure (QA-28). */
import assert from 'node:assert/strict';
import { AxeBuilder } from '@axe-core/playwright';

export async function hasNoViolations(page, where) {
  await page.waitForLoadState('networkidle');
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    // Experimental; it takes the initials in the account's picture for its visible name.
    .disableRules('label-content-name-mismatch')
    .analyze();
  // Where courts stand is not ours to choose: markers of the map may crowd or lie at its edge, and the list beside the map
  // does the same with targets of full size, which is what WCAG 2.5.8 asks of an equivalent.
  const counted = violations
    .map((violation) => ({
      ...violation,
      nodes: violation.nodes.filter(
        ({ html }) => violation.id !== 'target-size' || !html.includes('maplibregl-marker'),
      ),
    }))
    .filter(({ nodes }) => nodes.length > 0);
  const found = counted.map(
    ({ id, help, nodes }) => `${id}: ${help}\n    ${nodes.map((node) => node.html).join('\n    ')}`,
  );
  assert.deepEqual(found, [], where);
}
