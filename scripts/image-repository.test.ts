import { expect, test } from '@jest/globals';
import { ecrInputs } from '../packages/action/src/index.ts';
import { labOptions } from '../packages/codepipeline/src/stack/option-sets.ts';
import { pipelineTemplate } from '../packages/codepipeline/src/stack/template.ts';
import { createRequest, lifecyclePolicy } from '../packages/images/src/ecr/repository-settings.ts';

/** The domains may not import each other, so each has its own definition. */
test('the repository that the pipeline’s stack makes is the one that create-repository makes by default', () => {
  const { 'moving-tags': movingTags, 'staging-image-days': days } = ecrInputs;
  const stagingImageDays = Number(days.default);
  const template = pipelineTemplate({ ...labOptions, repository: { kind: 'create', name: 'shop/ui' }, stagingImageDays });
  const { Properties: stack } = Object(template['Resources'])['ImageRepository'];
  const made = createRequest('shop/ui', {
    movingTags: movingTags.default?.split(',') ?? [],
    stagingImageDays,
    kmsKey: undefined,
  });
  expect(stack).toMatchObject({
    ImageTagMutability: made.imageTagMutability,
    ImageTagMutabilityExclusionFilters: made.imageTagMutabilityExclusionFilters?.map(({ filterType, filter }) => ({
      ImageTagMutabilityExclusionFilterType: filterType,
      ImageTagMutabilityExclusionFilterValue: filter,
    })),
    ImageScanningConfiguration: { ScanOnPush: made.imageScanningConfiguration?.scanOnPush },
  });
  expect(JSON.parse(stack.LifecyclePolicy.LifecyclePolicyText)).toEqual(lifecyclePolicy(stagingImageDays));
});
