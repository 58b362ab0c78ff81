alter table public.thing add column more int;
