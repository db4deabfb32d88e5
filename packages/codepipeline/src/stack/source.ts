import { CfnRepository } from 'aws-cdk-lib/aws-codecommit';
import type { CfnPipeline } from 'aws-cdk-lib/aws-codepipeline';
import type { Construct } from 'constructs';
import { actionNames, artifactNames, pipelineVariables, variableNamespaces } from '../names.ts';
import { keep } from './keep.ts';
import type { PipelineOptions, Source } from './options.ts';

/** The CodeCommit repository, where it is asked for; it outlives the stack. */
export function addSourceRepository(scope: Construct, { source, name }: PipelineOptions): void {
  if (source.kind !== 'codecommit' || !source.create) return;
  keep(
    new CfnRepository(scope, 'SourceRepository', {
      repositoryName: source.repository,
      repositoryDescription: `Source of the pipeline ${name}`,
    }),
  );
}

/** The source action. With git the artifact is a reference, which CodeBuild clones whole. */
export function sourceAction(source: Source): CfnPipeline.ActionDeclarationProperty {
  return {
    name: actionNames.source,
    actionTypeId: { category: 'Source', owner: 'AWS', provider: providers[source.kind], version: '1' },
    configuration: configurationOf(source),
    outputArtifacts: [{ name: artifactNames.source }],
    namespace: variableNamespaces.source,
    runOrder: 1,
  };
}

const providers: Readonly<Record<Source['kind'], string>> = {
  codecommit: 'CodeCommit',
  connection: 'CodeStarSourceConnection',
  s3: 'S3',
};

function configurationOf(source: Source): Readonly<Record<string, string>> {
  switch (source.kind) {
    case 'codecommit':
      return {
        RepositoryName: source.repository,
        BranchName: source.branch,
        PollForSourceChanges: 'false',
        OutputArtifactFormat: 'CODEBUILD_CLONE_REF',
      };
    case 'connection':
      return {
        ConnectionArn: source.connectionArn,
        FullRepositoryId: source.repository,
        BranchName: source.branch,
        DetectChanges: 'true',
        OutputArtifactFormat: 'CODEBUILD_CLONE_REF',
      };
    case 's3':
      return { S3Bucket: source.bucket, S3ObjectKey: source.key, PollForSourceChanges: 'false' };
  }
}

/** What a build is told of the commit: that of the execution, which its clone then has to be at. */
export function commitVariables({ kind }: Source): Readonly<Record<string, string>> {
  if (kind !== 's3') return { REVISION: `#{${variableNamespaces.source}.CommitId}` };
  return {
    REVISION: `#{variables.${pipelineVariables.revision}}`,
    COMMIT_TIME: `#{variables.${pipelineVariables.commitTime}}`,
  };
}

/** An S3 source does not tell the commit, so whoever starts the pipeline has to: a variable without a default is asked for. */
export function variablesOf({ kind }: Source): CfnPipeline.VariableDeclarationProperty[] {
  if (kind !== 's3') return [];
  return [
    { name: pipelineVariables.revision, description: 'The full id of the commit that the zip was made from' },
    { name: pipelineVariables.commitTime, description: 'The time of that commit, such as 2026-11-23T10:15:00Z' },
  ];
}
