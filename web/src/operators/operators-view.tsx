export default function OperatorsView() {
  return null;
}
