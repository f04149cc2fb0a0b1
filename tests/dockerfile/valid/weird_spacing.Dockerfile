

   # comment with spaces before
		FROM		debian:12   AS	base	
  RUN     echo one   \
          # a comment inside
      \
  && echo two \   
  && echo three
   run echo lower case
EnV  A = b c
ENV B   several words  with   spaces
LABEL  a="x y"   b='z'
