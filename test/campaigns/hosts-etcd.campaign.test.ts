import { exerciseHosts } from '../support/host-campaign.ts';

exerciseHosts('etcd');
