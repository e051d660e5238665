import { describe, expect, it } from 'vitest';
import { writtenByShell } from './written-by-shell.ts';

/** Paths with the folder they begin in, where that is not `/w`; patterns with a star before, folders with what goes in. */
const seen = (command: string): readonly string[] =>
  writtenByShell(command, '/w').map(({ path, folder, isPattern, into }) => {
    const within = into.length === 0 ? '' : `<${into.join(',')}`;
    return `${isPattern ? '*' : ''}${folder === '/w' ? '' : `${folder}: `}${path}${within}`;
  });

describe('files that a shell command writes', () => {
  it.each([
    ['echo hi > a.txt', ['a.txt']],
    ['echo hi >> "a b.txt" 2>&1', ['a b.txt']],
    ['make 2> err.log >out.log', ['err.log', 'out.log']],
    ['make &> all.log', ['all.log']],
    ['cat < in.txt', []],
    ['cat a > /dev/null 2>/dev/null', []],
    ["cat > src/a.ts <<'EOF'\nconst a = '> b.txt';\nrm -rf x\nEOF\necho done > c", ['src/a.ts', 'c']],
    ['cat <<-END > a\n\tx\n\tEND\nrm b', ['a', 'b']],
    ['echo x | tee -a a b', ['a', 'b']],
    ["sed -i 's/a/b/' a.ts b.ts", ['a.ts', 'b.ts']],
    ["sed -i.bak -e 's/a/b/' a.ts", ['a.ts']],
    ["sed -i '' 's/a/b/' a.ts", ['a.ts']],
    ["sed -n 's/a/b/p' a.ts", []],
    ["sed -E -i 's/(a)/b/' src/*.ts", ['*src/*.ts']],
    ["perl -pi -e 's/a/b/' a.ts", ['a.ts']],
    ["perl -e 'print 1'", []],
    ['rm -rf build src/a.ts', ['build', 'src/a.ts']],
    ['rm -- -odd', ['-odd']],
    ['mv a.ts b.ts', ['a.ts', 'b.ts<a.ts']],
    ['mv', []],
    ['mv a.ts', []],
    ['cp *.ts b.ts lib', ['lib']],
    ['cp / b.ts lib', ['lib<b.ts']],
    ['mv -t lib a.ts src/b.ts', ['a.ts', 'src/b.ts', 'lib<a.ts,b.ts']],
    ['cp -r a b/', ['b/<a']],
    ['ln -sf ../a b', ['b<a']],
    ['dd if=/dev/zero of=disk.img bs=1M', ['disk.img']],
    ['touch -d yesterday a', ['a']],
    ['truncate -s 0 a.log', ['a.log']],
    ['curl -sLo a.tgz https://x/y', ['a.tgz']],
    ['wget --output-document=a.tgz https://x/y', ['a.tgz']],
    ['git checkout -- a.ts b.ts', ['a.ts', 'b.ts']],
    ['git checkout main', []],
    ['git checkout HEAD~1 -- src', ['src']],
    ['git -C sub restore a.ts', ['sub/a.ts']],
    ['git restore --staged a.ts', []],
    ['git restore --source=HEAD~2 a.ts', ['a.ts']],
    ['git rm --cached a.ts', []],
    ['git -C sub rm a.ts /tmp/b.ts', ['sub/a.ts', '/tmp/b.ts']],
    ['git -C a -C b --no-pager rm c', ['a/b/c']],
    ['git', []],
    ['git -C', []],
    ['git rm a.ts && git mv b.ts c.ts', ['a.ts', 'b.ts', 'c.ts<b.ts']],
    [
      "apply_patch <<'EOF'\n*** Begin Patch\n*** Update File: src/a.ts\n*** Move to: src/b.ts\n*** Add File: c.ts\n+x\n*** End Patch\nEOF",
      ['src/a.ts', 'src/b.ts', 'c.ts'],
    ],
    ["apply_patch '*** Begin Patch\n*** Delete File: a.ts\n*** End Patch'", ['a.ts']],
    ['cd src && echo x > a', ['/w/src: a']],
    ['(cd src; rm a); rm b', ['/w/src: a', 'b']],
    ['cd "$dir" && rm a', []],
    ['cd /tmp; rm a', ['/tmp: a']],
    ["bash -lc 'echo x > a'", ['a']],
    ['eval "rm a"', ['a']],
    ['x=$(echo y > a) cmd', ['a']],
    ['echo `rm a`', ['a']],
    ['FOO=1 sudo -n env BAR=2 rm a', ['a']],
    ['timeout 5 rm a', ['a']],
    ['if true; then rm a; else rm b; fi', ['a', 'b']],
    ['for f in *.ts; do rm $f; done', []],
    ['rm "$file" b', ['b']],
    ['rm a # and > b', ['a']],
    ['rm a # and\nrm b', ['a', 'b']],
    ['echo x > "a \\"b\\" \\$c \\d"', ['a "b" $c \\d']],
    ['rm "a\\\nb" c\\\nd', ['ab', 'cd']],
    ['rm "no end\\', ['no end\\']],
    ['x=$(echo \\) > a) cmd', ['a']],
    ['x=$( (rm a); rm ")" b) cmd', ['a', ')', 'b']],
    ['x=$(echo "no end > a', []],
    ['echo x > "$file"; rm a', ['a']],
    ['cd "$dir"; cd sub; rm a; cd /tmp; rm b', ['/tmp: b']],
    ['sudo -u kim rm a', ['a']],
    ['nice -n 5 rm a', ['a']],
    ['nohup -x rm a', ['a']],
    ['curl -o', []],
    ['diff <(sort a) <(sort b) > c', ['c']],
    ['echo "a > b" && echo \'c > d\'', []],
    ['echo a \\> b', []],
    ['cat {a,b} > c', ['c']],
    ['rm {a,b}', []],
    ['npm test', []],
    ['', []],
    ["echo 'no end", []],
    ['rm $(', []],
  ])('%j', (command, paths) => {
    expect(seen(command)).toEqual(paths);
  });

  it('of a command without end are not looked for', () => {
    expect(writtenByShell(`rm a ${'x'.repeat(70_000)}`, '/w')).toEqual([]);
    expect(writtenByShell('$('.repeat(5_000), '/w')).toEqual([]);
  });
});
