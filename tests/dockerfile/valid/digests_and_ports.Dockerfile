FROM localhost:5000/ml/torch:2.3@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
FROM debian@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef AS x
FROM registry.example.com/a/b_c/d-e.f
FROM [::1]:5000/x
