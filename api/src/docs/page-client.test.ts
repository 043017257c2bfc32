import openapiTS, { astToString } from 'openapi-typescript';
import { expect, it } from 'vitest';
import { openTestApp } from '../testing/test-app.ts';

/** After a change of the API: `npm test -- api/src/docs -u`. */
it('is what the types of the page are made from', async () => {
  const { as } = await openTestApp();
  const { body: document } = await as().get('/openapi.json').expect(200);
  const types = astToString(await openapiTS({ ...document, servers: [] }, { defaultNonNullable: false }));
  const note = '/** Made from the OpenAPI document of the api by `npm test -- api/src/docs -u`. */\n';
  await expect(note + types).toMatchFileSnapshot('../../../web/src/server/openapi.d.ts');
});
