FROM node:22-slim
ONBUILD ARG NODE_ENV=production
ONBUILD COPY package.json package-lock.json /app/
ONBUILD RUN npm ci && npm cache clean --force
ONBUILD RUN <<EOF
echo one
EOF
onbuild  cmd ["npm", "start"]
