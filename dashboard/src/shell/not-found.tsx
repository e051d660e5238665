import { GoTo } from '../parts/go-to.tsx';
import { PageTitle } from '../parts/panel.tsx';
import { Empty } from '../parts/states.tsx';

export function NotFound() {
  return (
    <>
      <PageTitle title="Nothing here" />
      <Empty title="There is no such page">
        The address may be mistyped, or from another version. <GoTo to="/">To the Pass</GoTo>
      </Empty>
    </>
  );
}
