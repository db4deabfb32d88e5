export type {
  Cluster,
  ClusterOptions,
  ClusterTarget,
  EksTarget,
  InClusterTarget,
  KubeconfigTarget,
  Observation,
  ObserveOptions,
  PodLogRequest,
  ResourceName,
  ResourceSelection,
} from './cluster.ts';
export { openCluster } from './open-cluster.ts';
