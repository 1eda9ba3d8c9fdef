"""Small templates, each about one thing, and the variables they see."""

VARIABLES = {
    "s": "Hello World", "e": "", "u": "héllo 👍 ß", "n": 5, "neg": -7, "f": 2.5, "t": True, "z": None,
    "l": [3, 1, 2], "ls": ["b", "A", "c"], "d": {"b": 1, "a": [1, 2], "c": {"x": None}}, "el": [], "ed": {},
    "m": [{"role": "user", "n": 1}, {"role": "tool", "n": 2}, {"n": 3, "role": "user", "x": "y"}],
    "big": 12345678901234567890, "keys": {"items": 1, "keys": 2}, "text": "one\ntwo\n\n  three\r\nfour",
}

EXPRESSIONS = r"""
1 + 2 * 3 - 4
7 // 2
-7 // 2
neg // 2
neg % 3
7 % -3
7 / 2
4 / 2
2 ** 10
2 ** -1
2 ** 3 ** 2
-2 ** 2
7.5 // 2
-7.5 % 2
1e3
1.5e-7
1e16
1e15
123456789.125
0.0001
0.00001
100000000000000000000.0
1_000
0x1F + 0b11 + 0o17
10 ** 20
9223372036854775807 + 1
big + 1
big * 0
-big
true + 1
true and 1
0 or 'x'
'' or none
not 0
not e and t
1 == 1.0
1 == true
'1' == 1
1 != 2
1 < 2 < 3
1 < 3 < 2
'a' < 'b'
[1, 2] < [1, 3]
(1, 2) == [1, 2]
[1, [2]] == [1, [2.0]]
d == d
'ell' in s
'x' not in s
2 in l
'a' in d
1 in [true]
5 in missing
none in [none]
'a' ~ 1 ~ none ~ true ~ 1.0
'a' 'b' "c"
'a' * 3
[1] * 2
3 * 'ab'
[1] + [2]
(1,) + (2,)
'x' if t
'x' if not t
'x' if not t else 'y' if z else 'w'
(1 if false) is defined
missing
missing.x is defined
d.missing
d.missing is defined
d['b']
d.a[0]
d.a[-1]
d.a[5]
d.c.x
keys.items is callable
keys['items']
z.x
s[0]
s[-1]
s[2:4]
s[::-1]
s[-3:]
s[:-6]
u[1]
u[6]
u[::-1]
u|length
l[::-1]
l[1:]
l[::2]
l[5:]
l[-2:10]
l[10:0:-1]
m[-1].role
m[0]['role']
[1, 2, 3]
[1, 'a', none, true, 1.5, [], {}]
(1, 2)
(1,)
()
{'a': 1, 'b': [1, (2,)]}
{1: 2, none: 3, 1.5: 4}
['it\'s', 'a"b', 'both\'"', 'tab\t', 'nl\n', '\\', '\x01', 'é', '👍', '\u200b']
'\u00e9\x41\101\d'
"a\
b"
s|upper ~ s|lower
s.upper() ~ s.lower() ~ s.title() ~ s.capitalize()
"it's a dog"|title
"it's a dog".title()
'aBC dEF'|capitalize
'  x '|trim ~ '|'
'xxaxx'|trim('x')
'\u00a0\u2003x\u200b'|trim|length
none|trim
5|trim
missing|trim
s.strip('Hd')
'xxaxx'.lstrip('x') ~ 'xxaxx'.rstrip('x')
' a '.strip() ~ '|'
'a,b,c'.split(',')
'a,b,c'.split(',', 1)
'a,b,c'.rsplit(',', 1)
'  a  b '.split()
' a b c '.split(none, 1)
''.split(',')
''.split()
'a--b'.partition('--')
'a--b--c'.rpartition('--')
'ab'.partition('x')
text.splitlines()
text.splitlines(true)
s.startswith('He') and s.endswith('ld')
s.startswith(('x', 'He'))
s.removeprefix('Hello ') ~ s.removesuffix('World') ~ s.removeprefix('x')
s.replace('l', 'L')
s.replace('l', 'L', 1)
'abc'.replace('', '-')
s|replace('o', '0')
s|replace('o', '0', 1)
s.find('o') ~ s.rfind('o') ~ s.find('x')
u.find('ß')
s.index('W')
s.count('l')
'12'.isdigit() ~ 'a1'.isalnum() ~ 'ab'.isalpha() ~ ''.isdigit() ~ ' '.isspace() ~ 'AB'.isupper() ~ 'aB'.islower()
'-'.join(['a', 'b'])
'x'.zfill(3) ~ '-5'.zfill(4)
'{} and {}'.format(1, 'b')
'{1}{0}{x}{{}}'.format(1, 2, x=none)
'%s %d %.2f %r' % ('a', 3, 2.555, 'q')
'%5s|%-5s|%05d|%x|%%|%+d' % ('x', 'y', 42, 255, 3)
'%s' % 'x'
'%s-%s'|format('a', 1)
l|sort
l|sort(reverse=true)
ls|sort
ls|sort(case_sensitive=true)
m|sort(attribute='role')|map(attribute='n')|list
l|reverse|list
s|reverse
l|first ~ l|last
el|first
s|first ~ s|last
l|min ~ l|max
ls|min ~ ls|max(case_sensitive=true)
el|max
l|sum
m|sum(attribute='n')
l|sum(start=10)
l|join
l|join(', ')
m|join('+', attribute='role')
s|join('.')
missing|join
l|length ~ d|count ~ e|length ~ missing|length
d|list
s|list
missing|list
d|items|list
d|dictsort
{'b': 2, 'A': 1}|dictsort
{'b': 1, 'a': 2}|dictsort(false, 'value')
{'b': 1, 'a': 2}|dictsort(reverse=true)
d.items()|list
d.keys()|list
d.values()|list
d.get('b') ~ d.get('q') ~ d.get('q', 'dd')
l|map('string')|list
l|map('round', 1)|list
ls|map('upper')|join
m|map(attribute='x', default='-')|list
m|map(attribute='x')|list|length
[{'a': {'b': [7]}}]|map(attribute='a.b.0')|list
l|select('odd')|list
l|select('gt', 1)|list
l|reject('odd')|list
[0, 1, '', 'a']|select|list
m|selectattr('role', 'equalto', 'user')|map(attribute='n')|list
m|selectattr('x')|list|length
m|selectattr('x', 'defined')|list|length
m|rejectattr('role', 'eq', 'user')|list|length
m|selectattr('role', 'in', ['tool'])|list|length
[1, 1, 'a', 'A', 2]|unique|list
['a', 'A']|unique(true)|list
m|map(attribute='role')|unique|list
[1, 2, 3, 4, 5]|batch(2)|list
[1, 2, 3]|batch(2, 'x')|list
text|indent
text|indent(2, true)
text|indent('>', blank=true)
'a'|center(6) ~ '|'
'a b  c'|wordcount
'<a href="x">\'&'|e
'<b>'|safe
1|string ~ '1'
3.7|int ~ '3.7'|int ~ 'x'|int ~ 'x'|int(9) ~ '0x1f'|int(0, 16) ~ ' 42 '|int
none|int
'1.5'|float ~ 'x'|float ~ 3|float ~ 'x'|float(1.0)
2.5|round ~ 3.5|round ~ 2.567|round(2) ~ 42|round ~ 2.1|round(0, 'ceil') ~ 2.9|round(method='floor')
-5|abs
(-2.5)|abs
missing|default('x') ~ missing|d ~ e|default('y') ~ e|default('y', true) ~ z|default('w')
d|tojson
d|tojson(indent=2)
[]|tojson(indent=2) ~ {}|tojson(indent=2)
'é"\\/\n\t\x01\u2028<>&\''|tojson
'é👍'|tojson(ensure_ascii=true)
d|tojson(separators=(',', ':'))
{'b': 1, 'a': 2}|tojson(sort_keys=true)
[1, 1.0, 1e20, 0.1, true, none, (1, 2)]|tojson
{1: 2, none: 3, 1.5: 4}|tojson
s is string and l is iterable and d is mapping
s is sequence ~ l is sequence ~ d is sequence ~ n is sequence
n is number ~ f is number ~ t is number ~ s is number
n is integer ~ t is integer ~ f is float ~ t is boolean
z is none ~ missing is none ~ z is defined ~ missing is undefined
t is true ~ n is true ~ t is false
n is odd ~ n is even ~ 9 is divisibleby 3 ~ 9 is divisibleby(2)
n is eq 5 ~ n is ne 5 ~ n is lt 6 ~ n is ge 5 ~ n is equalto(5)
n is in [5] ~ 'a' is in 'abc'
n is not none and n is not in [4]
range is callable ~ s is callable
not missing is defined
'abc' is lower ~ 'ABC' is upper
range(3)|list ~ range(1, 4)|list ~ range(5, 0, -2)|list
dict(a=1, b=2)
namespace(a=1).a
namespace(a=1)
namespace({'a': 1}, b=2).b
strftime_now('%Y-%m-%d %H:%M:%S')
strftime_now('%d %b %Y|%A %B %j|%-d|%I %p|%y|%a %e')
[1, 2, 3].index(2) ~ [1, 1].count(1)
'a' < 1
'a' + 1
1 + 'a'
[1] + (2,)
1 // 0
1 % 0
1.0 / 0
l.x.y
missing.x
missing + 1
missing()
z.x.y
none + 1
-'a'
-missing
none|length
5|list
5|first
1 in 'a'
1 in 5
none in none
l[0].x.y
'abc'.index('z')
'a'.split('')
','.join([1])
missing|tojson
range|tojson
{[]: 1}
raise_exception('no: ' ~ s)
n.foo.bar
'%d' % 'x'
'%s %s' % ('a',)
'%s' % ('a', 'b')
'{}'.format()
none|sort
[1, 'a']|sort
[1, 'a']|max
5|items|list
d|dictsort(by='x')
range(1, 5, 0)|list
range(1000000)|list
l|map('upper', 1)|list
missing|int
s.missing
s.missing.more
s(1)
n()
"""

STATEMENTS = [
    "{% for x in l %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}"
    "{{ loop.last }}{{ loop.length }}{{ loop.depth }}{{ loop.previtem }}{{ loop.nextitem }};{% endfor %}",
    "{% for x in l if x > 1 %}{{ x }}{{ loop.length }}{% else %}none{% endfor %}",
    "{% for x in el %}{{ x }}{% else %}none{% endfor %}",
    "{% for x in missing %}x{% else %}none{% endfor %}",
    "{% for k, v in d.items() %}{{ k }}={{ v }};{% endfor %}",
    "{% for k in d %}{{ k }}{% endfor %}",
    "{% for c in u %}{{ c }}.{% endfor %}",
    "{% for a, (b, c) in [(1, (2, 3))] %}{{ a }}{{ b }}{{ c }}{% endfor %}",
    "{% for x in 1, 2 %}{{ x }}{% endfor %}",
    "{% for x in l %}{% for y in ls %}{{ loop.depth }}{{ loop.index }}{% endfor %}{{ loop.index }};{% endfor %}",
    "{% for x in l %}{{ loop.cycle('a', 'b') }}{{ loop.changed(x > 1) }}{% endfor %}",
    "{% for x in l %}{% if x == 1 %}{% continue %}{% endif %}{{ x }}{% endfor %}",
    "{% for x in l %}{% if x == 1 %}{% break %}{% endif %}{{ x }}{% endfor %}!",
    "{% for x in l %}{% for y in l %}{% if y == 1 %}{% break %}{% endif %}{{ y }}{% endfor %}{{ x }}{% endfor %}",
    "{% set x = 1 %}{% for y in l %}{{ x }}{% set x = y %}{{ x }}{% endfor %}{{ x }}",
    "{% set ns = namespace(x=0) %}{% for y in l %}{% set ns.x = ns.x + y %}{% endfor %}{{ ns.x }}",
    "{% if t %}{% set y = 1 %}{% endif %}{{ y }}",
    "{% if e %}a{% elif n == 5 %}b{% elif n %}c{% else %}d{% endif %}",
    "{% set a, b = 1, 2 %}{{ a }}{{ b }}",
    "{% set a = 1, 2 %}{{ a }}",
    "{% set x %}a{{ n }}b{% endset %}{{ x }}{{ x|length }}",
    "{% set x | upper | replace('A', '-') %}abc{% endset %}{{ x }}",
    "{% filter upper %}abc{{ s }}{% endfilter %}",
    "{% filter replace('a', 'b') | upper %}abc{% endfilter %}",
    "{% with a = 1, b = n %}{{ a }}{{ b }}{% set c = 3 %}{% endwith %}{{ c }}",
    "{% with %}{% set c = 3 %}{{ c }}{% endwith %}{{ c }}",
    "{% generation %}{% set c = 3 %}{{ c }}{% endgeneration %}{{ c }}",
    "{% macro m(a, b=2, c=a) %}{{ a }}{{ b }}{{ c }}{% endmacro %}{{ m(1) }}{{ m(1, c=5) }}{{ m(b=7) }}",
    "{% macro m(x) %}{% if x > 0 %}{{ x }}{{ m(x - 1) }}{% endif %}{% endmacro %}{{ m(3) }}",
    "{% macro m() %}{{ v }}{% endmacro %}{% set v = 1 %}{{ m() }}{% set v = 2 %}{{ m() }}",
    "{% macro m() %} x {% endmacro %}[{{ m()|trim }}]{{ m() is string }}",
    "{% macro m(a) %}<{{ caller() }}{{ a }}>{% endmacro %}{% call m(1) %}x{{ n }}{% endcall %}",
    "{% macro m() %}{{ caller(1, 2) }}{% endmacro %}{% call(a, b) m() %}{{ a }}{{ b }}{% endcall %}",
    "{% macro m(a) %}{% endmacro %}{{ m(1, 2) }}",
    "{% macro m(a) %}{% endmacro %}{{ m(q=2) }}",
    "{% macro m() %}{{ caller() }}{% endmacro %}{{ m() }}",
    "{% set j = joiner('|') %}{% for x in l %}{{ j() }}{{ x }}{% endfor %}",
    "{% set c = cycler('a', 'b') %}{{ c.next() }}{{ c.next() }}{{ c.next() }}{{ c.reset() }}{{ c.next() }}",
    "{% set x = [1] %}{% set _ = x.append(2) %}{% set _ = x.extend([3]) %}{% set _ = x.insert(0, 0) %}{{ x }}{{ x.pop() }}{{ x.pop(0) }}{{ x }}",
    "{% set x = {'a': 1} %}{% set _ = x.update({'b': 2}) %}{{ x.pop('a') }}{{ x }}{{ x.setdefault('c', 3) }}{{ x.pop('q', 9) }}{{ x.copy() }}",
    "{% set x = {} %}{{ x.pop('a') }}",
    "{% set n.x = 1 %}",
    "{% for a, b in [(1, 2, 3)] %}{% endfor %}",
    "{% for x in n %}{% endfor %}",
    "{% for x in none %}{% endfor %}",
    "a\n{% if t %}\nb\n{% endif %}\nc",
    "a\n  {% if t %}\n  b\n  {% endif %}\n  c\n",
    "a\n  {%+ if t %}x{% endif +%}\n  c\n\n",
    "a  {%- if t -%}  b  {%- endif -%}  c",
    "  {{ n }}  \n  {{- n -}}  \n  x",
    "a {#- c -#} b {# d #}\n  {# e #}\nf",
    "a\n  {#+ c +#}\nf",
    "{% raw %}{{ x }} {% if %}{% endraw %}\ny",
    "a {%- raw -%} {{ x }} {%- endraw -%} b",
    "x\r\ny\r{{ n }}\n\n",
    "{{ '}}' }}{{ '%}' }}{{ {'a': {'b': 1}} }}",
    "{{ {'a': {}}}}",
    "{{ n -}}\n{{+ 1 }}{{- 5 }}",
    "{%if t%}x{%endif%}{%set a=1%}{{a}}",
    "{{ [\n1,\n2,\n] }}{{ {'a': 1,\n} }}{{ range(\n3,)|list }}",
    "{% if t %}{# nothing #}{% else %}{% endif %}|",
    "   {% set x = 1 %}   {{ x }}   {% set y = 2 %}   \n   {% set z = 3 %}   ",
    "{% for x in l -%}\n {{ x }}\n{%- endfor %}\n",
    "{% for x in l %}\n{{ x }}\n\n{% endfor %}\nend\n",
    "{% set loop_messages = m[1:] %}{{ loop_messages|length }}{% for x in m[::-1] %}{{ x.n }}{% endfor %}",
    "{% for x in [[1, 2], [3]] %}{% for y in x %}{{ y }}{{ loop.last }}{% endfor %}{% endfor %}",
    "{{ loop }}{{ loop is defined }}{{ caller is defined }}",
    "{% if m|selectattr('role', 'equalto', 'nobody') %}generators are true{% endif %}",
    "{% if 'a' in 'abc' and not 'z' in 'abc' or false %}y{% endif %}",
    "{{ (m|selectattr('role', 'equalto', 'user')|list)[-1].n }}",
    "{{ m[0].role if m and m[0].role is defined else '' }}{{ 'x' if n > 3 and n < 9 }}",
]

PROBES = ["{{ " + line + " }}" for line in EXPRESSIONS.strip("\n").replace("\\\nb", "\\\u0001b").split("\n")]
PROBES = [probe.replace("\\\u0001b", "\\\nb") for probe in PROBES] + STATEMENTS
